import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import type { JobSight, JobsPlan } from '../plan/backends.js';
import type { Origin } from '../plan/origin.js';
import type { Scenario } from '../scenarios/scenario.js';
import { JobBook } from '../traffic/job-book.js';
import { JobClient, type Submission } from '../traffic/job-client.js';
import { idPattern, idsIn, JobPoller, WebSocketWatchers } from '../traffic/job-watchers.js';
import { closeConnections } from '../traffic/watched-socket.js';
import { assertAlive } from './alive.js';
import { untilAborted } from './aborted.js';
import { bringUp, endLife, type BegunLife } from './begin.js';
import type { RunContext } from './context.js';
import { DeathWatch } from './death.js';
import { sayGoodbye, type Farewell } from './goodbye.js';
import { checkPort } from './life.js';

/** Submitted in the moment of the signal, beside those of before: a part of them. */
const AT_SIGNAL = { part: 5, least: 2, most: 50 };
/** After the signal one is submitted so often, and no more than so many. Milliseconds. */
const AFTER_EVERY_MS = 25;
/** By then the target has had time to hear the signal. Milliseconds. */
const AFTER_FROM_MS = 100;
const MOST_AFTER = 400;
/** What was said last is read before the watchers leave. Milliseconds. */
const LAST_WORDS_MS = 1000;
/** The next life is watched until nothing new was seen done for so long. Milliseconds. */
const NO_PROGRESS_MS = 5000;
/** And for so long at least where a job must not be done again. Milliseconds. */
const ONCE_MORE_MS = 3000;
const POLL_MS = 50;

/**
 * Plays a life in which jobs are submitted before, at and after the signal, and watched by clients that were connected
 * before it; then, where that is wanted, the next life, which may finish what was not seen done.
 * @param beginAgain begins the next life
 * @throws DrainCheckError `job-failed` or `not-a-websocket` when jobs cannot be submitted or watched as it was said
 */
export async function playJobs(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  plan: JobsPlan,
  beginAgain: () => Promise<BegunLife>,
): Promise<void> {
  const { recorder, running } = begun;
  const { abort } = context;
  const book = new JobBook(recorder);
  let watch: Watch | null = null;
  let farewell: Farewell | null = null;
  let complete = false;
  const over = new AbortController();
  try {
    context.onProgress({ scenario: scenario.id, phase: 'waiting until ready', inFlight: 0 });
    const origin = await bringUp(context, begun);
    // The signal must not wait for the thread that sends it: jobs would be done by then.
    const { probeIntervalMs: intervalMs, probeTimeoutMs: timeoutMs } = context.plan;
    const ready = context.observer.watch({ life: recorder.life, origin, probes: [], intervalMs, timeoutMs });
    ready.catch(() => undefined);
    const death = new DeathWatch(running, recorder, context.exitWatcher);
    await death.lookAround();
    watch = await untilAborted(Watch.open(context, begun, origin, plan, book), abort);
    await untilAborted(ready, abort);
    context.onProgress({ scenario: scenario.id, phase: 'submitting jobs', inFlight: plan.count });
    const client = new JobClient(origin, plan, book);
    assertAccepted(plan, await untilAborted(client.submit('before'), abort));
    await untilAborted(client.submitMany(plan.count - 1, abort), abort);
    await sleep(context.plan.settleMs, undefined, { signal: abort });
    await assertAlive(running, 'before it was signalled, with jobs accepted');

    const atSignal = Math.min(AT_SIGNAL.most, Math.max(AT_SIGNAL.least, Math.round(plan.count / AT_SIGNAL.part)));
    const crossing = Array.from({ length: atSignal }, () => client.submit('at'));
    context.onProgress({ scenario: scenario.id, phase: 'draining', inFlight: book.waiting().length });
    farewell = await sayGoodbye(context, scenario, begun, null);
    const submitting = Promise.all([...crossing, submitOn(client, running, AbortSignal.any([abort, over.signal]))]);
    submitting.catch(() => undefined);
    const killed = AbortSignal.any([abort, farewell.failed]);
    await death.untilGone(farewell.at, context.plan.gracePeriodMs, killed);
    over.abort();
    closeConnections(origin);
    await Promise.race([submitting, sleep(LAST_WORDS_MS, undefined, { ref: false })]);
    await watch.lastWords();
    await checkPort(begun, origin);
    complete = true;
  } finally {
    over.abort();
    watch?.close();
    await farewell?.abandon();
    await endLife(begun);
    await context.observer.stop(recorder.life);
    recorder.record({ type: 'life-ended', complete });
  }
  // Without anything left to be done it may still be done again.
  if (plan.restart && (plan.once || book.waiting().length > 0)) await playNext(context, await beginAgain(), plan, book);
}

/** Submits jobs until the target is gone. */
async function submitOn(client: JobClient, running: BegunLife['running'], abort: AbortSignal): Promise<void> {
  const sent: Promise<Submission>[] = [];
  await sleep(AFTER_FROM_MS, undefined, { signal: abort }).catch(() => undefined);
  while (!running.hasExited() && !abort.aborted && sent.length < MOST_AFTER) {
    sent.push(client.submit('after'));
    await sleep(AFTER_EVERY_MS, undefined, { signal: abort }).catch(() => undefined);
  }
  await Promise.all(sent);
}

/** A life that is not signalled: it is asked for jobs, and watched, until all are done or nothing goes on any more. */
async function playNext(context: RunContext, begun: BegunLife, plan: JobsPlan, book: JobBook): Promise<void> {
  const { recorder } = begun;
  const { abort } = context;
  let watch: Watch | null = null;
  let complete = false;
  book.continueWith(recorder);
  context.onProgress({ scenario: 'jobs', phase: 'looking for jobs after a restart', inFlight: book.waiting().length });
  try {
    // What it prints while it starts counts as well.
    watchLines(begun, plan, book);
    const origin = await bringUp(context, begun);
    watch = await untilAborted(Watch.open(context, begun, origin, plan, book, false), abort);
    let left = book.waiting().length;
    let since = performance.now();
    while (left > 0 && performance.now() - since < NO_PROGRESS_MS) {
      await sleep(POLL_MS, undefined, { signal: abort });
      const now = book.waiting().length;
      if (now < left) since = performance.now();
      left = now;
    }
    // What is done again is done some time after the start.
    if (plan.once) await sleep(ONCE_MORE_MS, undefined, { signal: abort });
    await watch.lookFor();
    complete = true;
  } finally {
    watch?.close();
    await endLife(begun);
    recorder.record({ type: 'life-ended', complete });
  }
}

/** All who look out for jobs that are done, in one life. */
class Watch {
  readonly #websockets = new WebSocketWatchers();
  readonly #pollers: JobPoller[];

  private constructor(
    origin: Origin,
    sights: readonly JobSight[],
    private readonly book: JobBook,
  ) {
    this.#pollers = sights.flatMap((sight) => (sight.by === 'poll' ? [new JobPoller(origin, sight, book)] : []));
  }

  /** @param reads whether to begin to read the output here */
  static async open(
    context: RunContext,
    begun: BegunLife,
    origin: Origin,
    plan: JobsPlan,
    book: JobBook,
    reads = true,
  ): Promise<Watch> {
    const watch = new Watch(origin, plan.done, book);
    if (reads) watchLines(begun, plan, book);
    const refused = await watch.#websockets.open(
      origin,
      plan.done,
      book,
      context.plan.headers,
      context.plan.websocket.subprotocols,
    );
    if (refused !== null) {
      watch.close();
      throw new DrainCheckError(
        'not-a-websocket',
        `${refused} takes no WebSocket, so nobody can be told on it when a job is done.`,
        'Correct the path in --job-done websocket:…, or say how else it shows.',
      );
    }
    for (const poller of watch.#pollers) poller.start();
    return watch;
  }

  /** Waits until the last messages have been read. */
  async lastWords(): Promise<void> {
    for (const poller of this.#pollers) void poller.stop();
    await Promise.race([this.#websockets.done(), sleep(LAST_WORDS_MS, undefined, { ref: false })]);
  }

  /** Asks once more for each job that is waited for, and notes what is said. */
  async lookFor(): Promise<void> {
    for (const poller of this.#pollers) {
      await poller.stop();
      const asked = new Map<number, number | null>();
      for (let left = Math.ceil(this.book.waiting().length / 64); left > 0; left--)
        for (const [job, status] of await poller.round()) asked.set(job, status);
      for (const [job, status] of asked) this.book.lookedFor(job, status);
    }
  }

  close(): void {
    for (const poller of this.#pollers) void poller.stop();
    this.#websockets.close();
  }
}

function watchLines({ backends }: BegunLife, plan: JobsPlan, book: JobBook): void {
  plan.done.forEach((sight, watcher) => {
    if (sight.by !== 'log') return;
    const wanted = idPattern(sight.line);
    backends.lines?.watch({
      onLine: (line) => {
        for (const id of idsIn(line, wanted)) book.show(id, 'log', watcher);
      },
    });
  });
}

/** @throws DrainCheckError `job-failed` when the first job was not accepted, or has no name */
function assertAccepted(plan: JobsPlan, { ending, status, id }: Submission): void {
  const what = `${plan.method} ${plan.path}`;
  const accepted = ending === 'answered' && status !== null && status >= 200 && status < 300;
  if (!accepted)
    throw new DrainCheckError(
      'job-failed',
      `${what} ${status === null ? 'got no answer' : `answered ${status}`}, so no job was accepted.`,
      'Check the method and path in --job, and what it needs: --job-body and --job-header.',
    );
  if (id === null)
    throw new DrainCheckError(
      'job-failed',
      `The answer to ${what} holds no id of the job ${plan.id.from === 'json' ? `at ${plan.id.pointer}` : `in the header ${plan.id.from === 'header' ? plan.id.name : ''}`}.`,
      'Say where it is with --job-id: a JSON pointer (/data/id), header:Location, or own with {{uuid}} in --job-body.',
    );
}
