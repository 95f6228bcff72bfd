import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessDescription } from '../recording/events.js';
import { lifeFacts } from '../recording/facts/life.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { RunningTarget } from '../target/target.js';
import type { RunContext } from './context.js';

/** How long a process is watched that was given the signal directly. Milliseconds. */
const WATCH_MS = 1500;
const POLL_MS = 25;
/** A chain of wrappers longer than this is not one that anybody starts a service with. */
const LONGEST_CHAIN = 6;

/**
 * The grace period is over and the process that listens is alive, and is not the one that was signalled: gives it the
 * signal directly, and before that to each process on the way to it, from the top. What reacts now would have reacted
 * then, so the one above it kept the signal to itself.
 */
export async function followSignal(context: RunContext, running: RunningTarget, recorder: LifeRecorder): Promise<void> {
  const owners =
    context.plan.worker === undefined ? ownersIn(context, recorder.life) : workerIn(context, recorder.life);
  if (running.hasExited() || owners.size === 0 || owners.has(running.pid)) return;
  const signal = context.target.stopSignal ?? context.plan.signal;
  const alive = await running.processes(true);
  for (const { pid, command } of chainTo(owners, running.pid, alive)) {
    // The time before it: what the signal sets off must not seem to have come first.
    const at = recorder.clock.now();
    try {
      process.kill(pid, signal);
    } catch {
      continue;
    }
    recorder.record({ type: 'signal-followed', signal, pid, command }, at);
    if (await goneWithin(WATCH_MS, owners, running, context.abort)) return;
  }
}

/** Who listened when the life began; looking again would hold up the kill. */
function ownersIn({ recorder }: RunContext, life: number): Set<number> {
  const found = recorder.recording().events.find((event) => event.type === 'listener-found' && event.life === life);
  return new Set(found?.type === 'listener-found' ? found.listeners.map(({ pid }) => pid) : []);
}

/** Which process does the work of a queue worker, from what was seen before the signal. */
function workerIn({ recorder }: RunContext, life: number): Set<number> {
  const events = recorder.recording().events.filter((event) => event.life === life);
  const root = lifeFacts(events)?.listeners ?? [];
  return new Set(root.map(({ pid }) => pid));
}

/** The processes from the signalled one (left out) down to the first owner of the listener. */
function chainTo(
  owners: ReadonlySet<number>,
  root: number,
  alive: readonly ProcessDescription[],
): ProcessDescription[] {
  const byPid = new Map(alive.map((process) => [process.pid, process]));
  const chain: ProcessDescription[] = [];
  let current = alive.find((process) => owners.has(process.pid));
  while (current !== undefined && current.pid !== root && chain.length < LONGEST_CHAIN) {
    chain.unshift(current);
    current = byPid.get(current.ppid);
  }
  return chain;
}

async function goneWithin(
  ms: number,
  owners: ReadonlySet<number>,
  running: RunningTarget,
  abort: AbortSignal,
): Promise<boolean> {
  for (const deadline = performance.now() + ms; performance.now() < deadline;) {
    await sleep(POLL_MS, undefined, { signal: abort });
    const alive = await running.processes(false);
    if (!alive.some((process) => owners.has(process.pid))) return true;
  }
  return false;
}
