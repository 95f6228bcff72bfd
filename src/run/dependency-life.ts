import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenarios/scenario.js';
import { untilAborted } from './aborted.js';
import { bringUp, endLife, type BegunLife } from './begin.js';
import type { RunContext } from './context.js';
import { watchProbes } from './life.js';
import { probePaths } from './readiness.js';

/** How the target is with its database, before it loses it. Milliseconds. */
const PEACE_MS = 500;
/** How long it is watched without: pools notice within a probe or two, and a probe may take a second. Milliseconds. */
const WITHOUT_MS = 3000;

/**
 * Plays a life in which nothing is signalled: its databases become unreachable, and it is watched for a while.
 * @returns why there was nothing to play, or null
 */
export async function playDependencyDown(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
): Promise<string | null> {
  const { recorder, running, backends } = begun;
  const { abort } = context;
  let complete = false;
  try {
    context.onProgress({ scenario: scenario.id, phase: 'waiting until ready', inFlight: 0 });
    const origin = await bringUp(context, begun);
    if (!probePaths(context).some(({ role }) => role === 'liveness'))
      return 'no liveness endpoint is known; name it with --live';
    await untilAborted(watchProbes(context, scenario, recorder.life, origin), abort);
    await sleep(PEACE_MS, undefined, { signal: abort });
    context.onProgress({ scenario: scenario.id, phase: 'without its database', inFlight: 0 });
    backends.cut();
    const died = running.exited.then((status) => status);
    const status = await untilAborted(Promise.race([died, sleep(WITHOUT_MS, null, { ref: false })]), abort);
    if (status !== null) recorder.record({ type: 'root-exited', ...status });
    complete = true;
    return null;
  } finally {
    await context.observer.stop(recorder.life);
    await endLife(begun);
    recorder.record({ type: 'life-ended', complete });
  }
}
