import { setTimeout as sleep } from 'node:timers/promises';
import type { ExchangeKind, ProcessDescription } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { Scenario } from '../scenarios/scenario.js';
import { hasConnectionTable } from '../target/connection-table.js';
import type { RunningTarget } from '../target/target.js';
import type { HeldWork } from '../traffic/held-work.js';
import type { NewConnectionsPlan, NewWork } from '../traffic/new-connections.js';
import type { HttpOutcome } from '../traffic/http-connection.js';
import type { Origin } from '../plan/origin.js';
import { assertAlive } from './alive.js';
import { closeConnections } from '../traffic/watched-socket.js';
import { untilAborted } from './aborted.js';
import { arm } from './arming.js';
import { slowIsCalibrated } from './baseline.js';
import type { KnownWork, Progress, RunContext } from './context.js';
import { DeathWatch } from './death.js';
import { bringUp, type BegunLife } from './begin.js';
import { followSignal } from './follow-signal.js';
import { sayGoodbye, type Farewell } from './goodbye.js';
import { InPlace, type Stage } from './in-place.js';
import { lookForWork } from './known-work.js';
import { letClientsGo } from './let-go.js';
import { probePaths } from './readiness.js';
import { whyNoCrowd } from './why-no-crowd.js';
import { whyNotPlayed } from './why-not-played.js';

/** New connections that carry work come less often than plain ones, and take this long when we decide. */
const NEW_WORK_INTERVAL_MS = 250;
const NEW_WORK_HOLD_MS = 100;
/** What has not ended this long after the last process was gone is ended by us. */
const LAST_WAIT_MS = 1000;
const PORT_POLL_MS = 10;

/** What was learnt of a life by playing it. */
export interface PlayedLife {
  /** How the held requests ended. */
  outcomes: HttpOutcome[];
  /** From the signal to the end; Infinity when it had to be killed. Milliseconds. */
  exitAfterMs: number;
  /** The reason why there was nothing to play, after all. */
  skipped: string | null;
}

/**
 * Plays one scenario in a life that has begun: load, signal, watch to the end.
 * @param alone the one kind of work to have in place, or null
 * @param onKnown called when everything that later lives need is known
 * @throws DrainCheckError when there can be no verdict
 */
export async function playLife(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  alone: ExchangeKind | null = null,
  onKnown: () => void = () => undefined,
): Promise<PlayedLife> {
  const { recorder, running } = begun;
  const { life } = recorder;
  const tell = (phase: Progress['phase'], held: readonly HeldWork[] = []) =>
    context.onProgress({
      scenario: scenario.id,
      phase,
      inFlight: held.filter((work) => !work.over()).length + (inPlace?.crowdSize ?? 0),
    });
  let inPlace: InPlace | null = null;
  let farewell: Farewell | null = null;
  let complete = false;
  try {
    tell('waiting until ready');
    const origin = await bringUp(context, begun);
    tell('looking around');
    // The thread takes a while to come up and its first questions are slow: neither may be left for the signal.
    const probing = watchProbes(context, scenario, life, origin);
    probing.catch(() => undefined);
    const death = new DeathWatch(running, recorder, context.exitWatcher);
    await death.lookAround();
    const work = (context.known.work ??= await untilAborted(lookForWork(context, origin, recorder), context.abort));
    onKnown();
    const skipped = whyNotPlayed(context, scenario, work) ?? (await whyNoCrowd(context, scenario, origin, life, work));
    if (skipped !== null) return { outcomes: [], exitAfterMs: 0, skipped };
    const calibrated = await untilAborted(isCalibrated(context, origin, recorder), context.abort);

    // Work that is held must not wait for anything but the signal: on a busy machine it would be over by then.
    await untilAborted(probing, context.abort);
    tell('loading');
    const exchanges = { recorder, numbering: context.numbering };
    const stage = { scenario, exchanges, origin, work, alone };
    inPlace = await openInPlace(context, stage);
    const { held } = inPlace;
    await arm(held, origin, calibrated, recorder, context.abort);
    await inPlace.beforeSignal(context.abort);
    await sleep(context.plan.settleMs, undefined, { signal: context.abort });

    await assertAlive(running, 'before it was signalled, with work in flight');
    inPlace.assertHeld();
    // Told before the signal: a target that dies of it at once leaves nothing in flight to be told of.
    tell('draining', held);
    farewell = await sayGoodbye(context, scenario, begun, newConnectionsPlan(context, origin, work));
    const { at: signalAt } = farewell;
    inPlace.afterSignal(signalAt, recorder.clock.now() - signalAt);
    for (const one of held) void one.done.then(() => tell('draining', held));
    const beforeKill = () => lastLook(context, scenario, begun, inPlace);
    const abort = AbortSignal.any([context.abort, farewell.failed]);
    const killed = await death.untilGone(signalAt, context.plan.gracePeriodMs, abort, beforeKill);
    const exitAfterMs = killed ? Infinity : recorder.clock.now() - signalAt;

    inPlace.stop();
    await Promise.race([inPlace.done(), sleep(LAST_WAIT_MS, undefined, { ref: false })]);
    await inPlace.tell(context.abort);
    inPlace.close();
    await context.observer.stop(life);
    await checkPort(begun, origin);
    complete = true;
    return { outcomes: await inPlace.done(), exitAfterMs, skipped: null };
  } finally {
    inPlace?.close();
    await farewell?.abandon();
    // What had begun to be tried when something failed does not end with a target that lives on.
    if (!context.target.restarts && context.known.origin !== null) closeConnections(context.known.origin);
    await running.destroy();
    await context.observer.stop(life);
    recorder.record({ type: 'life-ended', complete });
  }
}

/**
 * Whether silence of the slow endpoints means that they are at work. They are measured where the kernel does not tell,
 * and where there is no other life in which their normal answer could be seen.
 */
export async function isCalibrated(context: RunContext, origin: Origin, recorder: LifeRecorder): Promise<boolean> {
  const told = hasConnectionTable(origin);
  if (told && context.target.restarts) return true;
  return (await slowIsCalibrated(context, origin, recorder)) || told;
}

/** Opens everything; what comes to be open after the run was aborted is closed again. */
async function openInPlace(context: RunContext, stage: Stage): Promise<InPlace> {
  const opening = InPlace.open(context, stage);
  try {
    return await untilAborted(opening, context.abort);
  } catch (error) {
    void opening.then((late) => late.close()).catch(() => undefined);
    throw error;
  }
}

/** What is found out about a target that is alive at the end of the grace period, before it is killed. */
async function lastLook(
  context: RunContext,
  scenario: Scenario,
  { running, recorder }: BegunLife,
  inPlace: InPlace | null,
): Promise<void> {
  if (scenario.id === 'together' && inPlace !== null) await letClientsGo(inPlace, running, recorder);
  if (scenario.id === 'drain' || scenario.id === 'together') await followSignal(context, running, recorder);
}

/** Records who holds the target's port after its end, if anybody does. A Unix socket's file may stay behind. */
export async function checkPort({ recorder, running }: BegunLife, { port, socketPath }: Origin): Promise<void> {
  if (socketPath !== undefined) {
    recorder.record({ type: 'port-checked', port: 0, held: false, heldBy: [] });
    return;
  }
  const holders = await portHolders(running, port);
  recorder.record({ type: 'port-checked', port, held: holders !== null, heldBy: holders ?? [] });
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
export async function watchProbes(
  context: RunContext,
  scenario: Scenario,
  life: number,
  origin: Origin,
): Promise<void> {
  // It also sends the signal.
  context.observer.start();
  if (!scenario.probes) return;
  const { probeIntervalMs: intervalMs, probeTimeoutMs: timeoutMs } = context.plan;
  await context.observer.watch({ life, origin, probes: probePaths(context), intervalMs, timeoutMs });
}

/** What new connections ask, and how often. */
export function newConnectionsPlan(context: RunContext, origin: Origin, { upload }: KnownWork): NewConnectionsPlan {
  const { plan, known } = context;
  const [slow] = plan.slow;
  const work: NewWork | null =
    slow !== undefined
      ? { kind: 'slow', request: slow }
      : upload !== null
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
