import { isDone } from '../recording/facts/jobs.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Lane } from './types.js';

/** Accepted jobs as one bar, from the first submission to the last that was seen done; null in a life without jobs. */
export function jobLane(life: LifeFacts, { jobs: { jobs } }: RunFacts, fromMs: number, toMs: number): Lane | null {
  const accepted = life.scenario === 'jobs' ? jobs.filter((job) => job.accepted) : [];
  if (accepted.length === 0) return null;
  const within = (at: number) => Math.max(fromMs, Math.min(toMs, afterSignal(life, at)));
  const done = accepted.filter(isDone).length;
  const ends = accepted.map(({ doneAt }) => (doneAt === null ? toMs : within(doneAt)));
  const endMs = Math.max(...ends.filter((ms) => ms > 0), 0);
  const lost = accepted.length - done;
  return {
    label: `jobs ×${accepted.length}`,
    outcome: lost === 0 ? `${done} done` : `${lost} of ${accepted.length} not seen done`,
    wrong: lost > 0,
    spans: [{ fromMs: within(accepted[0]?.submittedAt ?? 0), toMs: endMs, state: 'busy' }],
    points: [{ atMs: endMs, state: lost === 0 ? 'served' : 'lost' }],
  };
}
