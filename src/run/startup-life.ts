import { setTimeout as sleep } from 'node:timers/promises';
import type { Origin } from '../plan/origin.js';
import type { WorkerPlan } from '../plan/worker.js';
import { askProbe } from '../probes/ask.js';
import { isGood } from '../recording/facts/probe.js';
import type { Scenario } from '../scenarios/scenario.js';
import { bringUp, endLife, type BegunLife } from './begin.js';
import type { RunContext } from './context.js';
import { DeathWatch } from './death.js';
import { sayGoodbye } from './goodbye.js';
import { checkPort } from './life.js';
import { probePaths } from './readiness.js';

/** Whether it is ready is asked in the moment before the signal, and may not hold that up for longer. Milliseconds. */
const ASK_TIMEOUT_MS = 50;

/** A life in which nothing is signalled: how long it takes to become ready, and where it listens then. */
export async function measureStart(context: RunContext, begun: BegunLife): Promise<void> {
  const { worker } = context.plan;
  if (worker !== undefined) {
    const { measureWorkerStart } = await import('./worker-life.js');
    await measureWorkerStart(context, begun, worker);
    return;
  }
  try {
    await bringUp(context, begun);
  } finally {
    await endLife(begun);
    begun.recorder.record({ type: 'life-ended', complete: true });
  }
}

/**
 * Plays a death before readiness, in a life that has begun.
 * @param part at which part of its usual way to readiness it is signalled, from 0 to 1
 * @returns whether it was ready by then after all
 */
export async function playStartup(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  part: number,
): Promise<boolean> {
  const { recorder, running, startedAt } = begun;
  const { life } = recorder;
  const usuallyReadyMs = context.known.readyAfterMs ?? 0;
  const { worker } = context.plan;
  const readiness = worker === undefined ? null : await openReadiness(context, begun, worker);
  let complete = false;
  try {
    context.observer.start();
    context.onProgress({ scenario: scenario.id, phase: 'draining', inFlight: 0 });
    const death = new DeathWatch(running, recorder, context.exitWatcher);
    const dueIn = startedAt + part * usuallyReadyMs - recorder.clock.now();
    await Promise.race([sleep(Math.max(0, dueIn), undefined, { signal: context.abort }), running.exited]);
    const origin = originOf(context, begun);
    const ready = readiness?.ready ?? (origin !== null && (await isReady(context, origin)));
    const afterMs = recorder.clock.now() - startedAt;
    recorder.record({ type: 'startup-timed', afterMs, usuallyReadyMs, ready });
    const { at: signalAt } = await sayGoodbye(context, scenario, begun, null);
    await death.untilGone(signalAt, context.plan.gracePeriodMs, context.abort);
    if (origin !== null) await checkPort(begun, origin);
    complete = true;
    return ready;
  } finally {
    readiness?.close();
    await endLife(begun);
    await context.observer.stop(life);
    recorder.record({ type: 'life-ended', complete });
  }
}

async function openReadiness(context: RunContext, begun: BegunLife, worker: WorkerPlan) {
  const { WorkerReadiness } = await import('./worker-readiness.js');
  return new WorkerReadiness(context, worker, begun);
}

/** Where it will listen, from what is known of its earlier lives. */
function originOf({ known }: RunContext, { running }: BegunLife): Origin | null {
  if (known.origin === null) return null;
  return known.takesPort ? { ...known.origin, port: running.port } : known.origin;
}

async function isReady(context: RunContext, origin: Origin): Promise<boolean> {
  const readiness = probePaths(context).find(({ role }) => role === 'readiness')?.path;
  const path = readiness ?? context.known.survey?.plain?.path ?? '/';
  const { outcome } = await askProbe(origin, path, ASK_TIMEOUT_MS);
  return readiness === undefined ? outcome.kind === 'status' : isGood(outcome);
}
