import { constants } from 'node:os';
import type { ListenerDescription, ProcessDescription } from '../recording/events.js';
import { steppedInAt, type LifeFacts } from '../recording/facts/life.js';
import { firstReaction, heardBetween } from '../recording/facts/reaction.js';

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
  /** Who kept the signal, where giving it to the processes below one after another has shown it. */
  eater: ProcessDescription | null;
  /** The server did nothing in time, and nothing either when it was given the signal itself. */
  deaf: boolean;
  /** The server never got the signal, as far as can be seen. */
  lost: boolean;
}

/** Follows the signal. A server that is not the signalled process has got it if it did anything about it in time. */
export function signalPath(life: LifeFacts): SignalPath {
  const { root, listeners, outlived, followed, exit } = life;
  const owner = listeners.find((listener) => listener.pid !== root?.pid) ?? listeners[0] ?? null;
  const direct = root === null || listeners.length === 0 || listeners.some((listener) => listener.pid === root.pid);
  const owners = new Set(listeners.map((listener) => listener.pid));
  const reacted = firstReaction(life) !== null;
  const orphaned = !direct && exit !== null && outlived?.processes.some((process) => owners.has(process.pid)) === true;
  const silent = !direct && !orphaned && !reacted && Number.isFinite(steppedInAt(life));
  const heard = followed.some((_, step) => heardBetween(life, ...stepOf(life, step)));
  const deaf = silent && !heard && followed.some((event) => owners.has(event.pid));
  const swallowed = silent && !deaf;
  return {
    root,
    owner,
    direct,
    orphaned,
    swallowed,
    eater: swallowed && heard ? eaterOf(life) : null,
    deaf,
    lost: swallowed || (orphaned && !reacted),
  };
}

/** From one process being given the signal to the next, or to the end of it all. */
function stepOf({ followed, killed }: LifeFacts, step: number): [from: number, to: number] {
  return [followed[step]?.at ?? Infinity, followed[step + 1]?.at ?? killed?.at ?? Infinity];
}

/**
 * The process above the first one that did something, or ended, when it was given the signal: it had not got it before.
 */
function eaterOf(life: LifeFacts): ProcessDescription | null {
  const { followed, processes, root } = life;
  const first = followed.find((event, step) => {
    const [from, to] = stepOf(life, step);
    return heardBetween(life, from, to) || hasEnded(life, event.pid, from, to);
  });
  const { ppid } = processes.find((process) => process.pid === first?.pid) ?? { ppid: null };
  return processes.find((process) => process.pid === ppid) ?? root;
}

function hasEnded({ events }: LifeFacts, pid: number, from: number, to: number): boolean {
  return events.some(
    (event) => event.type === 'process-gone' && event.pid === pid && event.at >= from && event.at < to,
  );
}

/** The signal that ended the server, or null when it ended by its own exit. A wrapper may tell of it by its exit code. */
export function fatalSignal(life: LifeFacts): string | null {
  const { exit, signal } = life;
  if (exit === null || signal === null) return null;
  if (exit.signal !== null) return exit.signal;
  if (signalPath(life).direct) return null;
  const told = Object.entries(constants.signals).find(([, number]) => exit.code === 128 + number);
  return told?.[0] ?? null;
}
