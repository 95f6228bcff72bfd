import { setTimeout as sleep } from 'node:timers/promises';
import type { JobLedger, LedgerEntry } from '../backends/job-ledger.js';
import { DrainCheckError } from '../errors.js';
import { formatDuration } from '../plan/durations.js';
import type { WorkerPlan } from '../plan/worker.js';
import type { Scenario } from '../scenarios/scenario.js';
import { runHelper } from '../target/helper-command.js';
import { assertAlive } from './alive.js';
import { untilAborted } from './aborted.js';
import { endLife, type BegunLife } from './begin.js';
import type { Progress, RunContext } from './context.js';
import { DeathWatch } from './death.js';
import { followSignal } from './follow-signal.js';
import { sayGoodbye, type Farewell } from './goodbye.js';
import { WorkerReadiness } from './worker-readiness.js';

/** The signal comes when this part of a job's usual time is over, and no later than so long after its beginning. Milliseconds. */
const INTO_JOB = { part: 0.3, most: 500 };
/**
 * A job that is over sooner is over before a signal can meet it; and beginnings and ends that come together are those of an
 * output that is held back. Milliseconds.
 */
const SHORTEST_JOB_MS = 25;
const ENQUEUE_TIMEOUT_MS = 60_000;
/** What was printed last is read before it is judged as missing. Milliseconds. */
const LAST_WORDS_MS = 150;
/** The next life is watched for so long, beside the time that jobs take, for jobs that come back. Milliseconds. */
const COME_BACK_MS = 5000;
const POLL_MS = 20;

/**
 * Plays one death of a queue worker: it is signalled with a job in hand, and after the scenario `drain` a next life shows
 * whether a job that was cut comes back, and whether others were waiting.
 * @param beginAgain begins the next life
 * @throws DrainCheckError when there can be no verdict
 */
export async function playWorker(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  worker: WorkerPlan,
  beginAgain: () => Promise<BegunLife>,
): Promise<void> {
  const { recorder, running, backends } = begun;
  const { ledger } = backends;
  const tell = teller(context, scenario, begun);
  const readiness = new WorkerReadiness(context, worker, begun);
  let farewell: Farewell | null = null;
  let complete = false;
  try {
    tell('waiting until ready');
    // The signal must not wait for the thread that sends it: the job would be done by then.
    const origin = { host: '127.0.0.1', port: 0 };
    const { probeIntervalMs: intervalMs, probeTimeoutMs: timeoutMs } = context.plan;
    const armed = context.observer.watch({ life: recorder.life, origin, probes: [], intervalMs, timeoutMs });
    armed.catch(() => undefined);
    const abort = AbortSignal.any([context.abort, backends.failed]);
    await untilAborted(becomeReady(context, begun, readiness), abort);
    const death = new DeathWatch(running, recorder, context.exitWatcher);
    await death.lookAround();
    await untilAborted(armed, abort);
    tell('waiting for a job');
    await enqueue(context, worker, begun);
    if (ledger !== null) await untilAborted(waitForJob(context, begun, ledger), abort);
    await sleep(context.plan.settleMs, undefined, { signal: abort });
    await assertAlive(running, 'before it was signalled');
    tell('draining');
    farewell = await sayGoodbye(context, scenario, begun, null);
    ledger?.record(farewell.at);
    const ends = AbortSignal.any([abort, farewell.failed]);
    const beforeKill = () => (scenario.id === 'drain' ? followSignal(context, running, recorder) : Promise.resolve());
    await death.untilGone(farewell.at, context.plan.gracePeriodMs, ends, beforeKill);
    await sleep(LAST_WORDS_MS);
    await backends.sights?.lastLook();
    backends.failed.throwIfAborted();
    complete = true;
  } finally {
    readiness.close();
    await farewell?.abandon();
    await endLife(begun);
    await context.observer.stop(recorder.life);
    recorder.record({ type: 'life-ended', complete });
  }
  if (ledger !== null && scenario.id === 'drain') await playNext(context, scenario, await beginAgain(), worker, ledger);
}

/** Waits until it is ready; the time that takes is that of a start. */
async function becomeReady(context: RunContext, begun: BegunLife, readiness: WorkerReadiness): Promise<void> {
  await readiness.wait();
  const tookMs = begun.recorder.clock.now() - begun.startedAt;
  context.known.readyAfterMs = Math.min(context.known.readyAfterMs ?? Infinity, tookMs);
}

/** A life in which nothing is signalled: how long a start takes. */
export async function measureWorkerStart(context: RunContext, begun: BegunLife, worker: WorkerPlan): Promise<void> {
  const readiness = new WorkerReadiness(context, worker, begun);
  try {
    await untilAborted(becomeReady(context, begun, readiness), AbortSignal.any([context.abort, begun.backends.failed]));
  } finally {
    readiness.close();
    await endLife(begun);
    begun.recorder.record({ type: 'life-ended', complete: true });
  }
}

/** @throws DrainCheckError `job-failed` when jobs could not be put into the queue */
async function enqueue({ plan, abort, watchdog }: RunContext, worker: WorkerPlan, begun: BegunLife): Promise<void> {
  if (worker.enqueue === null) return;
  const { cwd } = plan.target;
  const env = plan.target.kind === 'command' ? plan.target.env : {};
  const { code, output } = await runHelper(worker.enqueue, {
    cwd,
    env,
    timeoutMs: ENQUEUE_TIMEOUT_MS,
    abort,
    watchdog,
  });
  abort.throwIfAborted();
  if (code === 0) return;
  throw new DrainCheckError(
    'job-failed',
    `--job-enqueue ${code === null ? `did not end within ${formatDuration(ENQUEUE_TIMEOUT_MS)}` : `failed with exit code ${code}`}, so that there may be no job to be in hand at the signal.`,
    'Run it by hand, in the same directory: it must put jobs into the queue and end with 0.',
    { output: output === '' ? begun.running.lastOutput() : output },
  );
}

/**
 * Waits for the moment in which the signal is to come: some way into a job. How long jobs take, and that both patterns
 * match, is learnt from one that was seen begun and done.
 * @throws DrainCheckError `job-failed` when no such job is seen
 */
async function waitForJob(context: RunContext, begun: BegunLife, ledger: JobLedger): Promise<void> {
  const { recorder, running } = begun;
  const { startTimeoutMs } = context.plan;
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const usualMs = (context.known.jobMs ??= usualTime(ledger.entries()));
    const intoMs = usualMs === null ? 0 : Math.min(INTO_JOB.most, INTO_JOB.part * usualMs);
    const ages = ledger.inHand().map(({ started }) => recorder.clock.now() - (started?.at ?? 0));
    // A job that is well on its way may be over at any moment.
    if (usualMs !== null && ages.some((ms) => ms >= intoMs && ms < 0.6 * usualMs)) return;
    if (performance.now() > deadline) throw noJob(ledger, startTimeoutMs, running.lastOutput());
    await assertAlive(running, 'before it was signalled, while it was waited for a job in hand');
    await ledger.change(ages.length === 0 ? POLL_MS : 2);
    context.abort.throwIfAborted();
    begun.backends.failed.throwIfAborted();
  }
}

/** The middle of the times that jobs took, where they take long enough to be met; null: not known. Milliseconds. */
function usualTime(entries: readonly LedgerEntry[]): number | null {
  const times = entries
    .flatMap(({ started, done }) => (started === null || done === null ? [] : [done.at - started.at]))
    .filter((ms) => ms >= SHORTEST_JOB_MS)
    .sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? null;
}

function noJob(ledger: JobLedger, waitedMs: number, output: string): DrainCheckError {
  const seen = ledger.entries();
  const within = formatDuration(waitedMs);
  const whole = seen.filter(({ started, done }) => started !== null && done !== null);
  const message =
    seen.length === 0
      ? `No job was seen begun within ${within}.`
      : whole.length > 0
        ? `Each of ${whole.length} jobs was seen begun and done within ${SHORTEST_JOB_MS}ms, so that none could be in hand at the signal.`
        : seen.some(({ started }) => started !== null)
          ? `No job was seen done within ${within}, although ${seen.length} were seen begun.`
          : `No job was seen begun within ${within}, although ${seen.length} were seen done.`;
  const hint =
    seen.length === 0
      ? 'Put jobs into the queue, before the run or with --job-enqueue, and check --job-started against what the worker prints.'
      : whole.length > 0
        ? 'Give it jobs that take longer. If they do, its output is held back: let it flush each line (python -u, PYTHONUNBUFFERED=1).'
        : 'Check --job-started and --job-done: both must show the same id. Give jobs that take long more time with --start-timeout.';
  return new DrainCheckError('job-failed', message, hint, { output });
}

/**
 * A life that is not signalled: it is watched until every job that was cut has come back and another was begun, or until
 * that is not to be expected any more.
 */
async function playNext(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  worker: WorkerPlan,
  earlier: JobLedger,
): Promise<void> {
  const { recorder, running, backends } = begun;
  const { ledger } = backends;
  const cut = new Set(earlier.inHand().map(({ id }) => id));
  const known = new Set(earlier.entries().map(({ id }) => id));
  const readiness = new WorkerReadiness(context, worker, begun);
  let complete = false;
  teller(context, scenario, begun)('looking for jobs after a restart');
  try {
    if (ledger === null) return;
    ledger.record(recorder.clock.now());
    const abort = AbortSignal.any([context.abort, backends.failed]);
    await untilAborted(readiness.wait(), abort);
    const patienceMs = COME_BACK_MS + (worker.redeliveryMs ?? 0) + 2 * (context.known.jobMs ?? 0);
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline && !running.hasExited();) {
      const seen = ledger.entries().map(({ id }) => id);
      if ([...cut].every((id) => seen.includes(id)) && seen.some((id) => !known.has(id))) break;
      await ledger.change(POLL_MS);
      abort.throwIfAborted();
    }
    complete = true;
  } catch (error) {
    // A worker that does not come up again tells nothing of its jobs; what was seen of its death is not lost for it.
    if (context.abort.aborted || !(error instanceof DrainCheckError)) throw error;
  } finally {
    readiness.close();
    await endLife(begun);
    recorder.record({ type: 'life-ended', complete });
  }
}

function teller(context: RunContext, scenario: Scenario, { backends }: BegunLife) {
  return (phase: Progress['phase']) =>
    context.onProgress({ scenario: scenario.id, phase, inFlight: backends.ledger?.inHand().length ?? 0 });
}
