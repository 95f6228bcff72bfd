import { backendsOf } from '../plan/backends.js';
import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { isDone, type Job } from '../recording/facts/jobs.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { tally } from './verdict.js';

/** Whoever was told until so shortly before the end was told to the end. Milliseconds. */
const TO_THE_END_MS = 100;

/** What is known of jobs that were accepted and not seen done. */
export interface Missing {
  /** Somebody would have been told, or the next life should have known: they are lost, or nobody was told. */
  lost: Job[];
  /** They may have been done without anybody seeing it. */
  unknown: Job[];
  /** Why, in a few words. */
  because: string;
}

/** Sorts accepted jobs that were not seen done by what could have been seen of them. */
export function missing(jobs: readonly Job[], life: LifeFacts, facts: RunFacts, plan: Plan): Missing {
  const absent = jobs.filter((job) => job.accepted && !isDone(job));
  const { done = [], restart = false } = backendsOf(plan).jobs ?? {};
  const has = (by: 'log' | 'websocket') => done.some((sight) => sight.by === by);
  if (has('log')) return { lost: absent, unknown: [], because: 'the log never says that they were done' };
  if (has('websocket')) {
    const left = leftAt(life, facts);
    const because =
      left === null
        ? 'nobody who was connected was told'
        : `everybody who was connected had been sent away ${formatDuration(afterSignal(life, left))} after the signal, before they were done`;
    return { lost: absent, unknown: [], because };
  }
  if (!restart)
    return {
      lost: [],
      unknown: absent,
      because:
        'polling ends with the listener, so that they may have been done unseen; name who is told with --job-done websocket:… or log:…, or have the next life asked with --job-restart',
    };
  // What the next life knows and has not done is not done; of what it does not know, nobody can tell.
  const known = absent.filter(({ lookedFor }) => isWell(lookedFor?.status ?? null));
  return {
    lost: known,
    unknown: absent.filter((job) => !known.includes(job)),
    because:
      known.length > 0
        ? 'the next life knows them and does not finish them'
        : 'the next life does not know them: they were done and forgotten, or lost; name who is told with --job-done websocket:… or log:…',
  };
}

/** When the last of those who watched was sent away, if that was well before the end. */
function leftAt(life: LifeFacts, { jobs }: RunFacts): number | null {
  const ends = jobs.watchEnds.map(({ at }) => at);
  if (ends.length === 0) return null;
  const last = Math.max(...ends);
  return last < endOf(life) - TO_THE_END_MS ? last : null;
}

function isWell(status: number | null): boolean {
  return status !== null && status >= 200 && status < 300;
}

/** What became of each job, so that every one is accounted for: `18 done, 2 lost, 5 refused`. */
export function account(jobs: readonly Job[]): string {
  return tally([...jobs].sort((a, b) => ORDER.indexOf(fate(a)) - ORDER.indexOf(fate(b))).map((job) => fate(job)));
}

const ORDER = ['done', 'done by the next life', 'not seen done', 'rejected', 'refused', 'cut off without an answer'];

function fate(job: Job): string {
  const { answer, accepted, doneAt, doneLater } = job;
  if (doneAt !== null) return 'done';
  if (doneLater) return 'done by the next life';
  if (accepted) return 'not seen done';
  if (answer?.ending === 'refused') return 'refused';
  return answer?.status === null || answer === null ? 'cut off without an answer' : 'rejected';
}

export function jobEvidence(jobs: readonly Job[]): number[] {
  return jobs.slice(0, 10).map((job) => job.evidence);
}
