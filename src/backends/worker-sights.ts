import type { WorkerPlan, WorkerSight } from '../plan/worker.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { JobLedger, Seen } from './job-ledger.js';
import { linePattern, type OutputLines } from './output-watch.js';
import { openQuestion, type QueueQuestion } from './queue-question.js';

/** A queue is asked so often. Milliseconds. */
const ASK_EVERY_MS = 20;
/** So often our own thread shows that it is alive and reads what comes. Milliseconds. */
const TICK_MS = 10;

/** Sees jobs begun and done, in the output of a worker or by asking its queue, and enters them in a ledger. */
export class WorkerSights {
  readonly #pollers: Poller[] = [];
  readonly #pulse = new Pulse();

  private constructor(
    private readonly recorder: LifeRecorder,
    private readonly ledger: JobLedger,
  ) {}

  /**
   * @param onFailure called when a queue that was asked does not answer any more
   * @throws DrainCheckError `client-missing` or `queue-failed`
   */
  static async open(
    { started, done }: NonNullable<WorkerPlan['jobs']>,
    lines: OutputLines | null,
    recorder: LifeRecorder,
    ledger: JobLedger,
    onFailure: (error: unknown) => void,
  ): Promise<WorkerSights> {
    const sights = new WorkerSights(recorder, ledger);
    try {
      // Lines first: they come as soon as the program is up.
      for (const [sight, state] of [
        [started, 'started'],
        [done, 'done'],
      ] as const)
        if (sight.by === 'log') sights.#watchLines(sight.line, state, lines);
      sights.#pulse.start(recorder);
      for (const [sight, state] of [
        [started, 'started'],
        [done, 'done'],
      ] as const)
        if (sight.by !== 'log') await sights.#poll(sight, state, onFailure);
      return sights;
    } catch (error) {
      await sights.close();
      throw error;
    }
  }

  /** Asks once more, so that nothing of what has happened by now is missed. */
  async lastLook(): Promise<void> {
    await Promise.all(this.#pollers.map((poller) => poller.round()));
  }

  async close(): Promise<void> {
    this.#pulse.stop();
    await Promise.all(this.#pollers.map((poller) => poller.close()));
  }

  #watchLines(line: string, state: 'started' | 'done', lines: OutputLines | null): void {
    const wanted = linePattern(line);
    lines?.watch({
      onLine: (text) => {
        const id = wanted.exec(text)?.[1];
        const at = this.recorder.clock.now();
        if (id !== undefined) this.ledger[state](id, { at, since: this.#pulse.aliveAt(at), by: 'log' });
      },
    });
  }

  async #poll(
    sight: Exclude<WorkerSight, { by: 'log' }>,
    state: 'started' | 'done',
    onFailure: (error: unknown) => void,
  ): Promise<void> {
    const question = await openQuestion(sight);
    const onFresh = (id: string, seen: Omit<Seen, 'by'>) => this.ledger[state](id, { ...seen, by: sight.by });
    const poller = new Poller(question, this.recorder, onFresh, onFailure);
    this.#pollers.push(poller);
    await poller.start();
  }
}

/** Asks a queue again and again, and tells of ids that were not in the answer before. */
class Poller {
  #known: ReadonlySet<string> | null = null;
  #askedAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<void> | null = null;
  #closed = false;

  constructor(
    private readonly question: QueueQuestion,
    private readonly recorder: LifeRecorder,
    private readonly onFresh: (id: string, seen: Omit<Seen, 'by'>) => void,
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** What is in the first answer was there before the life began, or nobody knows since when. */
  async start(): Promise<void> {
    await this.#ask();
    const next = () => {
      if (this.#closed) return;
      this.#timer = setTimeout(() => {
        void this.round().then(next);
      }, ASK_EVERY_MS);
    };
    next();
  }

  /** One more question, after one that is under way; what goes wrong is told. */
  async round(): Promise<void> {
    await this.#asking;
    if (this.#closed) return;
    this.#asking = this.#ask().catch((error: unknown) => {
      if (!this.#closed) this.onFailure(error);
      this.#closed = true;
    });
    await this.#asking;
    this.#asking = null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.question.close();
  }

  async #ask(): Promise<void> {
    const since = this.#askedAt;
    this.#askedAt = this.recorder.clock.now();
    const ids = new Set(await this.question.ask());
    const at = this.recorder.clock.now();
    const before = this.#known;
    this.#known = ids;
    if (before === null) return;
    for (const id of ids) if (!before.has(id)) this.onFresh(id, { at, since });
  }
}

/**
 * When our own thread last read all that had come: a line that is read now was printed after that. On a busy machine the
 * thread may stand still for a while, and a line is no younger than the beginning of that.
 */
class Pulse {
  #timer: NodeJS.Timeout | undefined;
  /** Timers run before what has come is read, so that only the beat before the last is certain. */
  #beats: [number, number] = [0, 0];

  start(recorder: LifeRecorder): void {
    const now = recorder.clock.now();
    this.#beats = [now, now];
    this.#timer = setInterval(() => {
      this.#beats = [this.#beats[1], recorder.clock.now()];
    }, TICK_MS);
    this.#timer.unref();
  }

  aliveAt(now: number): number {
    return Math.min(now, this.#beats[0]);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
