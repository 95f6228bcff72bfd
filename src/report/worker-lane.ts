import { afterSignal, steppedInAt, type LifeFacts } from '../recording/facts/life.js';
import type { Lane, PointState } from './types.js';

/** The jobs of a queue worker as bars, those at the signal and those after it; null where none was seen. */
export function workerLane(life: LifeFacts, fromMs: number, toMs: number): Lane | null {
  const jobs = life.work.filter(
    ({ started, done }) => started !== null && (done === null || afterSignal(life, done.at) >= fromMs),
  );
  if (jobs.length === 0) return null;
  const within = (at: number) => Math.max(fromMs, Math.min(toMs, afterSignal(life, at)));
  const isDone = ({ done }: (typeof jobs)[number]) => done !== null && done.since <= steppedInAt(life);
  const lost = jobs.filter((job) => !isDone(job)).length;
  return {
    label: jobs.length === 1 ? 'job' : `jobs ×${jobs.length}`,
    outcome: lost === 0 ? `${jobs.length} done` : `${lost} of ${jobs.length} not done`,
    wrong: lost > 0,
    spans: jobs.map(({ started, done }) => ({
      fromMs: within(started?.at ?? 0),
      toMs: within(done?.at ?? Infinity),
      state: 'busy' as const,
    })),
    points: jobs.map((job) => ({
      atMs: within(job.done?.at ?? Infinity),
      state: (isDone(job) ? 'served' : 'lost') satisfies PointState,
    })),
  };
}
