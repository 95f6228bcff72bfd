import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import type { ProcessDescription } from '../recording/events.js';
import type { Scenario } from '../scenarios/scenario.js';
import { hasConnectionTable } from '../target/connection-table.js';
import type { RunningTarget } from '../target/target.js';
import type { HeldWork } from '../traffic/held-work.js';
import type { NewConnectionsPlan, NewWork } from '../traffic/new-connections.js';
import type { HttpOutcome } from '../traffic/http-connection.js';
import type { Origin } from '../plan/origin.js';
import { assertAlive } from './alive.js';
import { untilAborted } from './aborted.js';
import { arm } from './arming.js';
import { slowIsCalibrated } from './baseline.js';
import { calibrateUpload } from './calibrate.js';
import type { Progress, RunContext } from './context.js';
import { DeathWatch } from './death.js';
import { bringUp, type BegunLife } from './begin.js';
import { InPlace } from './in-place.js';
import { probePaths } from './readiness.js';

/** New connections that carry work come less often than plain ones, and take this long when we decide. */
const NEW_WORK_INTERVAL_MS = 250;
const NEW_WORK_HOLD_MS = 100;
/** What has not ended this long after the last process was gone is ended by us. */
const LAST_WAIT_MS = 1000;
const PORT_POLL_MS = 10;

/**
 * Plays one scenario in a life that has begun: load, signal, watch to the end. Returns how the held work ended.
 * @throws DrainCheckError when there can be no verdict
 */
export async function playLife(context: RunContext, scenario: Scenario, begun: BegunLife): Promise<HttpOutcome[]> {
  const { recorder, running } = begun;
  const { life } = recorder;
  const tell = (phase: Progress['phase'], held: readonly HeldWork[] = []) =>
    context.onProgress({ scenario: scenario.id, phase, inFlight: held.filter((work) => !work.over()).length });
  let inPlace: InPlace | null = null;
  let complete = false;
  try {
    tell('waiting until ready');
    const origin = await bringUp(context, recorder, running);
    tell('looking around');
    // The thread takes a while to come up and its first questions are slow: neither may be left for the signal.
    const probing = watchProbes(context, scenario, life, origin);
    probing.catch(() => undefined);
    const death = new DeathWatch(running, recorder, context.exitWatcher);
    await death.lookAround();
    if (context.known.upload === undefined)
      context.known.upload = await untilAborted(calibrateUpload(context, origin, recorder), context.abort);
    const calibrated =
      hasConnectionTable() || (await untilAborted(slowIsCalibrated(context, origin, recorder), context.abort));

    tell('loading');
    const exchanges = { recorder, numbering: context.numbering };
    inPlace = await untilAborted(InPlace.open(context, scenario, exchanges, origin), context.abort);
    const { held } = inPlace;
    await Promise.all([probing, arm(held, origin.port, calibrated, recorder, context.abort)]);
    await inPlace.beforeSignal(context.abort);
    await sleep(context.plan.settleMs, undefined, { signal: context.abort });

    await assertAlive(running, 'before it was signalled, with work in flight');
    // Told before the signal: a target that dies of it at once leaves nothing in flight to be told of.
    tell('draining', held);
    const signalAt = await sendSignal(context, scenario, life, running, origin);
    inPlace.afterSignal(recorder.clock.now() - signalAt);
    for (const work of held) void work.done.then(() => tell('draining', held));
    await death.untilGone(signalAt, context.plan.gracePeriodMs, context.abort);

    await Promise.race([inPlace.done(), sleep(LAST_WAIT_MS, undefined, { ref: false })]);
    inPlace.close();
    await context.observer.stop(life);
    const holders = await portHolders(running, origin.port);
    recorder.record({ type: 'port-checked', port: origin.port, held: holders !== null, heldBy: holders ?? [] });
    complete = true;
    return await inPlace.done();
  } finally {
    inPlace?.close();
    await running.destroy();
    await context.observer.stop(life);
    recorder.record({ type: 'life-ended', complete });
  }
}

/**
 * Who holds the port after the end. A process that was killed may count as dead a moment before its last thread has let go
 * of its sockets, so a holder that cannot be seen is given a second to vanish.
 */
async function portHolders(running: RunningTarget, port: number): Promise<ProcessDescription[] | null> {
  const deadline = performance.now() + LAST_WAIT_MS;
  let holders = await running.portHolders(port);
  while (holders?.length === 0 && performance.now() < deadline) {
    await sleep(PORT_POLL_MS);
    holders = await running.portHolders(port);
  }
  return holders;
}

/** Begins to probe, where the scenario wants it; settles when every probe has had its first answer. */
async function watchProbes(context: RunContext, scenario: Scenario, life: number, origin: Origin): Promise<void> {
  // It also sends the signal.
  context.observer.start();
  if (!scenario.probes) return;
  const { probeIntervalMs: intervalMs, probeTimeoutMs: timeoutMs } = context.plan;
  await context.observer.watch({ life, origin, probes: probePaths(context), intervalMs, timeoutMs });
}

/** Has the probe worker send the signal and begin new connections; gives the signal's time. */
async function sendSignal(
  context: RunContext,
  scenario: Scenario,
  life: number,
  running: RunningTarget,
  origin: Origin,
): Promise<number> {
  const newConnections = scenario.newConnections ? newConnectionsPlan(context, origin) : null;
  const sent = await context.observer.signal({ life, pid: running.pid, signal: context.plan.signal, newConnections });
  if (!sent)
    throw new DrainCheckError(
      'target-died',
      'The target was gone when it was to be signalled.',
      'Start it by hand to see whether it stays up.',
      { output: running.lastOutput() },
    );
  const { events } = context.recorder.recording();
  return (
    events.findLast((event) => event.type === 'signal-sent' && event.life === life)?.at ?? context.recorder.clock.now()
  );
}

function newConnectionsPlan(context: RunContext, origin: Origin): NewConnectionsPlan {
  const { plan, known } = context;
  const [slow] = plan.slow;
  const upload = known.upload?.upload;
  const work: NewWork | null =
    slow !== undefined
      ? { kind: 'slow', request: slow }
      : upload !== undefined
        ? { kind: 'upload', upload, holdMs: NEW_WORK_HOLD_MS }
        : null;
  return {
    origin,
    path: known.survey?.plain?.path ?? '/',
    intervalMs: plan.attemptIntervalMs,
    work,
    workIntervalMs: NEW_WORK_INTERVAL_MS,
  };
}
