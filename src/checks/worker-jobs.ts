import { formatDuration } from '../plan/durations.js';
import type { ScenarioId } from '../plan/types.js';
import { afterSignal, steppedInAt, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { WorkerJob } from '../recording/facts/worker.js';
import type { Verdict } from './check.js';
import { inconclusive, plural } from './verdict.js';

/**
 * A job that is begun so shortly after the signal may have been taken before it was heard: the process has to be given the
 * processor first. On a quiet machine that is a matter of a few milliseconds. Milliseconds.
 */
const CROSSING_MS = { usual: 25, most: 100 };
/** Deaths and lines of the output are stamped by different threads. Milliseconds. */
const TWO_CLOCKS_MS = 50;

/** The jobs that a queue worker had in hand at the signal, by what became of them. */
export interface InHand {
  jobs: WorkerJob[];
  finished: WorkerJob[];
  /** Not done when we stepped in, or when the process was gone. */
  cut: WorkerJob[];
  /** Done by a process that outlived the one that was signalled. */
  byOrphan: WorkerJob[];
}

/** Jobs that were begun before the signal and not done by then: of those that were done about then nothing is claimed. */
export function inHand(life: LifeFacts): InHand {
  const signalAt = life.signal?.at ?? Infinity;
  const orphanedAt = (life.outlived === null ? Infinity : (life.exit?.at ?? Infinity)) + TWO_CLOCKS_MS;
  const steppedIn = steppedInAt(life);
  const jobs = life.work.filter(
    ({ started, done }) => started !== null && started.at <= signalAt && (done === null || done.since >= signalAt),
  );
  const cut = jobs.filter(({ done }) => done === null || done.since > steppedIn);
  const byOrphan = jobs.filter((job) => !cut.includes(job) && (job.done?.since ?? 0) > orphanedAt);
  return { jobs, cut, byOrphan, finished: jobs.filter((job) => !cut.includes(job) && !byOrphan.includes(job)) };
}

/** Jobs that were begun well after the signal, and before we stepped in. */
export function takenAfterSignal(life: LifeFacts): WorkerJob[] {
  const from = (life.signal?.at ?? Infinity) + CROSSING_MS.most;
  return life.work.filter(({ started }) => started !== null && started.since > from && started.at < steppedInAt(life));
}

/** Jobs that crossed with the signal; and those of which it cannot be told whether they did. */
export function crossedSignal(life: LifeFacts): { crossed: WorkerJob[]; unclear: WorkerJob[] } {
  const signalAt = life.signal?.at ?? Infinity;
  const about = life.work.filter(
    ({ started }) => started !== null && started.at > signalAt && started.since <= signalAt + CROSSING_MS.most,
  );
  const crossed = about.filter(({ started }) => (started?.at ?? 0) <= signalAt + CROSSING_MS.usual);
  return { crossed, unclear: about.filter((job) => !crossed.includes(job)) };
}

/** The life that was begun after one to see what becomes of its jobs; null: there is none, or it did not come up. */
export function nextLife(life: LifeFacts, { lives }: RunFacts): LifeFacts | null {
  return (
    lives.find(
      (other) =>
        other.purpose === 'restart' && other.scenario === life.scenario && other.life > life.life && other.complete,
    ) ?? null
  );
}

/** Jobs that the next life had to begin with and that this one never had: they were waiting in the queue all the time. */
export function wereWaiting(life: LifeFacts, facts: RunFacts): WorkerJob[] {
  const known = new Set(life.work.map(({ id }) => id));
  return nextLife(life, facts)?.work.filter(({ id, started }) => started !== null && !known.has(id)) ?? [];
}

/** Of some jobs those that the next life had in hand again, or finished. */
export function cameBack(jobs: readonly WorkerJob[], life: LifeFacts, facts: RunFacts): WorkerJob[] {
  const ids = new Set(nextLife(life, facts)?.work.map(({ id }) => id));
  return jobs.filter(({ id }) => ids.has(id));
}

/** The verdict where no job was in hand at the signal, or none can be seen. */
export function noJobInHand(life: LifeFacts, { plan }: RunFacts, scenario: ScenarioId = life.scenario): Verdict {
  return inconclusive(
    plan.worker?.jobs == null
      ? 'whether a job was in hand at the signal is not known; say how jobs show with --job-started and --job-done'
      : 'no job was in hand at the signal: it was done in that moment; put jobs into the queue that take longer',
    scenario,
  );
}

/** `job 17`, `jobs 17, 18 and 3 more`. */
export function named(jobs: readonly WorkerJob[]): string {
  const ids = jobs.map(({ id }) => id);
  const shown = ids.slice(0, 3).join(', ');
  return `${ids.length === 1 ? 'job' : 'jobs'} ${shown}${ids.length > 3 ? ` and ${ids.length - 3} more` : ''}`;
}

/** `1 of 1 job in hand finished, 312ms after the signal`. */
export function finishedWords({ jobs, finished }: InHand, life: LifeFacts): string {
  const last = Math.max(...finished.map(({ done }) => done?.at ?? 0));
  const after = finished.length === 0 ? '' : `, ${formatDuration(afterSignal(life, last))} after the signal`;
  return `${finished.length} of ${plural(jobs.length, 'job')} in hand finished${after}`;
}

export function evidenceOfJobs(jobs: readonly WorkerJob[]): number[] {
  return jobs.slice(0, 10).map((job) => job.evidence);
}
