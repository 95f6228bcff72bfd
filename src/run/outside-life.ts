import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import type { Origin } from '../plan/origin.js';
import type { UrlTarget } from '../plan/types.js';
import { askProbe } from '../probes/ask.js';
import { isGood } from '../recording/facts/probe.js';
import type { Scenario } from '../scenarios/scenario.js';
import { StopCommand } from '../target/stop-command.js';
import { closeConnections } from '../traffic/watched-socket.js';
import { untilAborted } from './aborted.js';
import { arm } from './arming.js';
import { bringUp, type BegunLife } from './begin.js';
import type { Progress, RunContext } from './context.js';
import { stopFailed, stopTimedOut } from './goodbye.js';
import { lookForWork } from './known-work.js';
import { isCalibrated, newConnectionsPlan, watchProbes } from './life.js';
import { probePaths } from './readiness.js';
import { SteadyTraffic } from './steady-traffic.js';
import type { StreamLoad } from './stream-load.js';
import { TrafficWatch } from './traffic-watch.js';

/** Traffic goes on for so long before the stop, so that it is known how it is in peace. Milliseconds. */
const PEACE_MS = 500;
/** What is under way in a service that goes on serving is given so long to end. Milliseconds. */
const LAST_WAIT_MS = 10_000;

/**
 * Plays the end of a service that is known by its URL alone. Nobody sees when it is told to go, so everything goes on all
 * the time: before the stop, while it lasts, and until traffic is steady again.
 * @throws DrainCheckError `stop-failed` and those of coming up
 */
export async function playOutsideLife(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  target: UrlTarget,
): Promise<void> {
  const { recorder } = begun;
  const { life } = recorder;
  const { plan, abort } = context;
  const tell = (phase: Progress['phase'], inFlight = 0) =>
    context.onProgress({ scenario: scenario.id, phase, inFlight });
  let traffic: SteadyTraffic | null = null;
  let streams: StreamLoad | null = null;
  let complete = false;
  try {
    tell('waiting until ready');
    const origin = await bringUp(context, begun);
    tell('looking around');
    const probing = watchProbes(context, scenario, life, origin);
    probing.catch(() => undefined);
    const work = (context.known.work ??= await untilAborted(lookForWork(context, origin, recorder), abort));
    const calibrated = await untilAborted(isCalibrated(context, origin, recorder), abort);
    const loaded = scenario.streams ? await import('./stream-load.js') : null;
    await untilAborted(probing, abort);

    tell('loading');
    const exchanges = { recorder, numbering: context.numbering };
    streams = loaded === null ? null : new loaded.StreamLoad(context, exchanges, origin, work, null);
    const held = streams?.held ?? [];
    traffic = new SteadyTraffic(context, exchanges, origin, calibrated);
    const watch = new TrafficWatch(context.recorder, life, context.known.survey?.plain?.status ?? null);
    traffic.start(work);
    context.observer.attempt({ life, newConnections: newConnectionsPlan(context, origin, work) });
    await arm(held, origin, true, recorder, abort);
    await sleep(Math.max(plan.settleMs, PEACE_MS), undefined, { signal: abort });
    streams?.assertHeld();
    if (watch.changed) throw notInPeace(target);

    const deadline = performance.now() + target.stopTimeoutMs;
    streams?.signalled(recorder.clock.now());
    const inFlight = traffic.open.length;
    await untilStopped(context, begun, target, watch, (phase) => {
      tell(phase, inFlight);
    });
    tell('draining', traffic.open.length);
    const patienceMs = Math.max(target.steadyMs, deadline - performance.now());
    const isReady = () => answersWell(context, origin);
    const serving = await watch.untilSteady({ target, from: recorder.clock.now(), patienceMs, isReady, abort });
    recorder.record({ type: 'traffic-settled', serving });

    streams?.stop();
    const waitMs = serving ? LAST_WAIT_MS : plan.gracePeriodMs;
    const ended = Promise.all([traffic.stop(waitMs), ...held.map((one) => one.done)]);
    await untilAborted(Promise.race([ended, sleep(waitMs, undefined, { ref: false })]), abort);
    complete = true;
  } finally {
    for (const work of streams?.held ?? []) work.connection.abandon();
    streams?.close();
    traffic?.close();
    if (context.known.origin !== null) closeConnections(context.known.origin);
    await context.observer.stop(life);
    recorder.record({ type: 'life-ended', complete });
  }
}

/** Whether readiness is good, where it is known: a service that is leaving may serve on for a while. */
async function answersWell(context: RunContext, origin: Origin): Promise<boolean> {
  const readiness = probePaths(context).find(({ role }) => role === 'readiness');
  if (readiness === undefined) return true;
  const { outcome } = await askProbe(origin, readiness.path, context.plan.probeTimeoutMs);
  return isGood(outcome);
}

/** Stops it, or waits until a person has. */
async function untilStopped(
  { plan, abort, watchdog }: RunContext,
  { running, recorder }: BegunLife,
  target: UrlTarget,
  watch: TrafficWatch,
  tell: (phase: Progress['phase']) => void,
): Promise<void> {
  const goodbye = running.goodbye(plan.signal);
  if (goodbye.by !== 'command') {
    // Recorded before it is told: who waits for the word may stop the target at once.
    recorder.record({ type: 'stop-begun', by: 'hand', command: '' });
    tell('waiting for the target to be stopped');
    if (await watch.untilChanged(target.stopTimeoutMs, abort)) return;
    throw stopTimedOut(target.stopTimeoutMs, 'Nothing was seen of a stop of the target');
  }
  tell('draining');
  const stop = await StopCommand.start(goodbye.command, target.cwd, recorder, watchdog);
  try {
    const inTime = await untilAborted(
      Promise.race([stop.done, sleep(target.stopTimeoutMs, null, { ref: false })]),
      abort,
    );
    if (inTime === null) throw stopTimedOut(target.stopTimeoutMs, 'The stop command did not end');
    if (inTime.code !== 0) throw stopFailed(inTime);
  } finally {
    // What has ended is not touched: it may have started the next instance.
    await stop.abandon();
  }
}

function notInPeace({ host, port }: UrlTarget): DrainCheckError {
  return new DrainCheckError(
    'target-not-ready',
    `New connections to ${host}:${port} failed before anything was stopped.`,
    'Make sure that it serves steadily, and that nobody else is stopping it just now.',
  );
}
