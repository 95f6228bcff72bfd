import type { EventOf, ProbeOutcome, ProbeRole, ProbeSpan } from '../recording/events.js';
import type { Clock } from '../recording/clock.js';
import type { Origin } from '../plan/origin.js';
import { askProbe } from './ask.js';

type ProbeRun = Omit<EventOf<'probe-run'>, 'type' | 'seq' | 'at' | 'life'>;

export interface PollerOptions {
  role: ProbeRole;
  origin: Origin;
  path: string;
  intervalMs: number;
  timeoutMs: number;
  clock: Clock;
  /** Called with each run of equal outcomes when it is over. */
  onRun: (run: ProbeRun) => void;
  /** How it is asked, where that is not a GET. */
  ask?: () => Promise<ProbeOutcome>;
  /** Called with each outcome, when it is known. */
  onOutcome?: (outcome: ProbeOutcome) => void;
}

/**
 * Asks one endpoint again and again. Equal outcomes in a row are one run, so that a long drain is a short
 * recording. A question that is not answered yet holds back the next: an endpoint is asked once at a time.
 */
export class ProbePoller {
  #run: ProbeRun | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  #dueAt = 0;

  constructor(private readonly options: PollerOptions) {}

  /** Begins to ask; settles when the first answer is there. */
  async start(): Promise<void> {
    this.#dueAt = this.options.clock.now();
    await this.#tick();
  }

  /** Stops asking and gives out the run that was under way. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#flush();
  }

  async #tick(): Promise<void> {
    const { clock, intervalMs, onOutcome } = this.options;
    const startedAt = clock.now();
    const lateMs = Math.max(0, startedAt - this.#dueAt);
    const outcome = await this.#ask();
    if (this.#stopped) return;
    this.#add(outcome, { startedAt, endedAt: clock.now() }, lateMs);
    onOutcome?.(outcome);
    const now = clock.now();
    // The rhythm is kept; ticks that a slow answer has swallowed are not made up for.
    this.#dueAt = Math.max(this.#dueAt + intervalMs, now);
    this.#timer = setTimeout(() => void this.#tick(), Math.max(0, this.#dueAt - now));
  }

  async #ask(): Promise<ProbeOutcome> {
    const { ask, origin, path, timeoutMs } = this.options;
    return ask === undefined ? (await askProbe(origin, path, timeoutMs)).outcome : ask();
  }

  #add(outcome: ProbeOutcome, span: ProbeSpan, lateMs: number): void {
    if (this.#run !== null && sameOutcome(this.#run.outcome, outcome)) {
      this.#run.last = span;
      this.#run.count += 1;
      this.#run.maxLateMs = Math.max(this.#run.maxLateMs, lateMs);
      return;
    }
    this.#flush();
    this.#run = { role: this.options.role, outcome, count: 1, first: span, last: span, maxLateMs: lateMs };
  }

  #flush(): void {
    if (this.#run !== null) this.options.onRun(this.#run);
    this.#run = null;
  }
}

function sameOutcome(a: ProbeOutcome, b: ProbeOutcome): boolean {
  return a.kind === b.kind && (a.kind !== 'status' || b.kind !== 'status' || a.status === b.status);
}
