import { setTimeout as sleep } from 'node:timers/promises';
import type { UrlTarget } from '../plan/types.js';
import type { RecordedEvent } from '../recording/events.js';
import type { Recorder } from '../recording/recorder.js';
import { stillServing, stopTimedOut } from './goodbye.js';

const POLL_MS = 50;

/** What a watch waits for, and how long. */
interface Patience {
  target: UrlTarget;
  /** A time of the recording: what was begun before it does not count. */
  from: number;
  patienceMs: number;
  /** Whether readiness is good just now. */
  isReady: () => Promise<boolean>;
  abort: AbortSignal;
}

/** What became of one new connection. */
interface Arrival {
  /** When it was begun. */
  at: number;
  served: boolean;
}

/** Watches the new connections of one life while they are recorded: when they change, and when they are steady. */
export class TrafficWatch {
  readonly #begun = new Map<number, number>();
  #arrivals: Arrival[] = [];
  #changed = false;

  constructor(
    private readonly recorder: Recorder,
    private readonly life: number,
    /** What a new connection's question is answered in peace; null: not known. */
    private readonly usualStatus: number | null,
  ) {
    recorder.onEvent((event) => {
      if (event.life === life) this.#note(event);
    });
  }

  /** Whether a new connection went otherwise than well. */
  get changed(): boolean {
    return this.#changed;
  }

  /** Waits until something goes otherwise than well; false when that takes too long. */
  async untilChanged(timeoutMs: number, abort: AbortSignal): Promise<boolean> {
    for (const deadline = performance.now() + timeoutMs; performance.now() < deadline;) {
      if (this.#changed) return true;
      await sleep(POLL_MS, undefined, { signal: abort });
    }
    return false;
  }

  /**
   * Waits until all new connections of some while were served, and it is ready, or none of them was; tells which. A
   * service that is to be gone is waited for until it is.
   * @throws DrainCheckError `stop-failed` when that takes too long
   */
  async untilSteady({ target, from, patienceMs, isReady, abort }: Patience): Promise<boolean> {
    const deadline = performance.now() + patienceMs;
    for (;;) {
      const serving = this.#steadySince(from, target.steadyMs);
      if (serving === false) return false;
      if (serving === true && target.afterStop !== 'gone' && (await isReady())) return true;
      if (performance.now() > deadline)
        throw serving === true && target.afterStop === 'gone'
          ? stillServing(target.stopTimeoutMs)
          : stopTimedOut(target.stopTimeoutMs, 'Traffic was not steady again');
      await sleep(POLL_MS, undefined, { signal: abort });
    }
  }

  /** Whether all new connections of a while were served, or none; null when it was neither. */
  #steadySince(from: number, steadyMs: number): boolean | null {
    const now = this.recorder.clock.now();
    if (now - from < steadyMs) return null;
    const recent = this.#arrivals.filter(({ at }) => at >= now - steadyMs);
    const [first] = recent;
    return first !== undefined && recent.every(({ served }) => served === first.served) ? first.served : null;
  }

  #note(event: RecordedEvent): void {
    if (event.type === 'exchange-opened' && event.kind === 'new-connection') this.#begun.set(event.exchange, event.at);
    if (event.type !== 'exchange-ended') return;
    const at = this.#begun.get(event.exchange);
    this.#begun.delete(event.exchange);
    if (at === undefined || event.ending === 'ended-by-tester') return;
    const status = event.status ?? 0;
    // What stands in front of a service that is gone may answer 404, which counts only where it is the usual answer.
    const well = event.ending === 'answered' && (status < 400 || (status < 500 && status === this.usualStatus));
    if (!well) this.#changed = true;
    this.#arrivals.push({ at, served: well });
    // Only the latest matter, and a stop may take minutes.
    if (this.#arrivals.length > 20_000) this.#arrivals = this.#arrivals.slice(-10_000);
  }
}
