import type { EventOf } from '../recording/events.js';
import type { Ending } from '../recording/events.js';
import type { TrafficRecorder } from './exchanges.js';

/** Names that are seen before their job has been answered are kept, up to so many. */
const MOST_UNKNOWN = 50_000;

interface Entry {
  job: number;
  id: string | null;
  accepted: boolean;
  done: boolean;
}

/** Keeps account of every job: what it is called, whether it was accepted, and each time that it is shown done. */
export class JobBook {
  readonly #jobs: Entry[] = [];
  readonly #byId = new Map<string, Entry>();
  readonly #unknown = new Map<string, { by: EventOf<'job-done'>['by']; watcher: number }[]>();
  /** Showings are told of one life after another. */
  #recorder: TrafficRecorder;

  constructor(recorder: TrafficRecorder) {
    this.#recorder = recorder;
  }

  /** The next life has begun. */
  continueWith(recorder: TrafficRecorder): void {
    this.#recorder = recorder;
  }

  /** @param own the id that we gave it ourselves */
  submit(phase: EventOf<'job-submitted'>['phase'], own: string | null): number {
    const job = this.#jobs.length;
    const entry: Entry = { job, id: null, accepted: false, done: false };
    this.#jobs.push(entry);
    this.#recorder.record({ type: 'job-submitted', job, phase });
    if (own !== null) this.#name(entry, own);
    return job;
  }

  answer(job: number, ending: Ending, status: number | null, id: string | null): void {
    const entry = this.#jobs[job];
    if (entry === undefined) return;
    entry.accepted = ending === 'answered' && status !== null && status >= 200 && status < 300;
    this.#recorder.record({ type: 'job-answered', job, ending, status, id });
    if (id !== null && entry.id === null) this.#name(entry, id);
  }

  /** A name was shown as one of a job that is done. */
  show(id: string, by: EventOf<'job-done'>['by'], watcher: number): void {
    const entry = this.#byId.get(id) ?? this.#byId.get(id.replace(/[.:-]+$/, ''));
    if (entry !== undefined) {
      this.#done(entry, by, watcher);
      return;
    }
    const shown = this.#unknown.get(id) ?? [];
    shown.push({ by, watcher });
    if (this.#unknown.size < MOST_UNKNOWN) this.#unknown.set(id, shown);
  }

  /** Accepted, named, and not seen done. */
  waiting(): { job: number; id: string }[] {
    return this.#jobs.flatMap(({ job, id, accepted, done }) => (accepted && !done && id !== null ? [{ job, id }] : []));
  }

  /** The next life was asked for it, and said this last. */
  lookedFor(job: number, status: number | null): void {
    this.#recorder.record({ type: 'job-looked-for', job, status });
  }

  watchEnded(watcher: number, code: number | null): void {
    this.#recorder.record({ type: 'job-watch-ended', watcher, code });
  }

  #name(entry: Entry, id: string): void {
    entry.id = id;
    this.#byId.set(id, entry);
    for (const { by, watcher } of this.#unknown.get(id) ?? []) this.#done(entry, by, watcher);
    this.#unknown.delete(id);
  }

  #done(entry: Entry, by: EventOf<'job-done'>['by'], watcher: number): void {
    // A poll says the same again and again.
    if (by === 'poll' && entry.done) return;
    entry.done = true;
    this.#recorder.record({ type: 'job-done', job: entry.job, by, watcher });
  }
}
