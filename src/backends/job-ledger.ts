import type { EventOf } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';

/** So many jobs are remembered; of those that are done, the oldest are forgotten first. */
const MOST_REMEMBERED = 5000;
/** So many jobs are recorded that are begun after the signal: what comes after them says nothing new. */
const MOST_RECORDED = 500;
/** What was done so shortly before the signal is recorded as well, for whoever reads the recording. Milliseconds. */
const SHORTLY_BEFORE_MS = 1000;

type By = EventOf<'worker-job'>['by'];

/** When something was seen, and when it was last looked for and not seen. Times of the recording. */
export interface Seen {
  at: number;
  since: number;
  by: By;
}

export interface LedgerEntry {
  id: string;
  /** null: it was only seen done. */
  started: Seen | null;
  done: Seen | null;
}

/**
 * The jobs of a worker, as they are seen begun and done. In peace they are only remembered, since a queue may hand out
 * thousands a second; from `record` on they are recorded.
 */
export class JobLedger {
  /** By id: the last time that each was begun. */
  readonly #entries = new Map<string, LedgerEntry>();
  #recording = false;
  #begun = 0;
  #onChange: () => void = () => undefined;

  constructor(private readonly recorder: LifeRecorder) {}

  started(id: string, seen: Seen): void {
    const before = this.#entries.get(id);
    // Two lines may name the same beginning.
    if (before !== undefined && before.done === null) return;
    this.#entries.delete(id);
    this.#entries.set(id, { id, started: seen, done: null });
    this.#forget();
    if (this.#recording && this.#begun++ < MOST_RECORDED) this.#record(id, 'started', seen);
    this.#onChange();
  }

  done(id: string, seen: Seen): void {
    const entry = this.#entries.get(id) ?? { id, started: null, done: null };
    if (entry.done !== null) return;
    entry.done = seen;
    this.#entries.set(id, entry);
    this.#forget();
    if (this.#recording && this.#begun <= MOST_RECORDED) this.#record(id, 'done', seen);
    this.#onChange();
  }

  /** From now on everything is recorded; first what was in hand at the signal, or done shortly before it. */
  record(signalAt: number): void {
    this.#recording = true;
    for (const { id, started, done } of this.#entries.values()) {
      if (done !== null && done.at < signalAt - SHORTLY_BEFORE_MS) continue;
      if (started !== null) this.#record(id, 'started', started);
      if (done !== null) this.#record(id, 'done', done);
    }
  }

  /** All that is remembered, the oldest first. */
  entries(): LedgerEntry[] {
    return [...this.#entries.values()];
  }

  inHand(): LedgerEntry[] {
    return this.entries().filter(({ started, done }) => started !== null && done === null);
  }

  /** Settles at the next change, or after so many milliseconds. */
  async change(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onChange = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#onChange = () => undefined;
  }

  #record(id: string, state: 'started' | 'done', { at, since, by }: Seen): void {
    this.recorder.record({ type: 'worker-job', id, state, by, since }, at);
  }

  #forget(): void {
    if (this.#entries.size <= MOST_REMEMBERED) return;
    const oldest = [...this.#entries.values()].find(({ done }) => done !== null) ?? [...this.#entries.values()][0];
    if (oldest !== undefined) this.#entries.delete(oldest.id);
  }
}
