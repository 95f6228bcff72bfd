import type { ListenerDescription, ProcessDescription } from '../recording/events.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { firstReaction } from '../recording/facts/reaction.js';

/** How the signal travelled from the process that got it to the one that listens. */
export interface SignalPath {
  /** The process that was signalled. */
  root: ProcessDescription | null;
  /** A process that owns the listening socket. */
  owner: ListenerDescription | null;
  /** The signalled process is itself an owner. */
  direct: boolean;
  /** The signalled process died and its server lived on. */
  orphaned: boolean;
  /** Nothing showed that the server got the signal, and it was killed in the end. */
  swallowed: boolean;
  /** The server never got the signal, as far as can be seen. */
  lost: boolean;
}

/** Follows the signal. A server that is not the signalled process has got it if it did anything about it in time. */
export function signalPath(life: LifeFacts): SignalPath {
  const { root, listeners, outlived, killed, exit } = life;
  const owner = listeners.find((listener) => listener.pid !== root?.pid) ?? listeners[0] ?? null;
  const direct = root === null || listeners.length === 0 || listeners.some((listener) => listener.pid === root.pid);
  const owners = new Set(listeners.map((listener) => listener.pid));
  const reacted = firstReaction(life) !== null;
  const orphaned = !direct && exit !== null && outlived?.processes.some((process) => owners.has(process.pid)) === true;
  const swallowed = !direct && !orphaned && killed !== null && !reacted;
  return { root, owner, direct, orphaned, swallowed, lost: swallowed || (orphaned && !reacted) };
}
