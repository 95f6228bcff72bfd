import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';
import { cameBack, evidenceOfJobs, inHand, named, nextLife, noJobInHand } from './worker-jobs.js';

export const givesBackUnfinishedJobs = defineCheck({
  id: 'gives-back-unfinished-jobs',
  item: 3,
  level: () => 'must',
  view: 'processes',
  needs: 'worker',
  topic: 'Jobs that were cut',
  kept: 'A job that was cut came back',
  broken: 'A job that was cut is lost',
  why: 'Whoever acknowledges a job before it is done tells the queue to forget it. It is lost with the process, whatever the process dies of.',
  sources: [
    { mark: 'F', text: 'consumers that acknowledge, or pop, a message before they work on it' },
    { mark: 'R', text: 'AMQP 0-9-1: what is not acknowledged when the channel is closed is delivered again' },
  ],
  cure: 'acknowledge a job when it is done and not when it is taken: LMOVE into a list of jobs in hand instead of LPOP, manual acknowledgement, a transaction around the work',
  judge: (facts, plan) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts, plan)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts, { worker }: Plan): Verdict {
  const { jobs, cut } = inHand(life);
  if (jobs.length === 0) return noJobInHand(life, facts);
  if (cut.length === 0) return skip('no job was cut, so that none had to come back', 'drain');
  const next = nextLife(life, facts);
  if (next === null)
    return inconclusive(
      'the worker did not come up again, so that nobody asked for the job',
      'drain',
      evidenceOfJobs(cut),
    );
  const back = cameBack(cut, life, facts);
  const missing = cut.filter((job) => !back.includes(job));
  if (missing.length === 0)
    return pass('drain', `${named(cut)} was begun again by the next life`, evidenceOfJobs([...cut, ...next.work]));
  const watchedMs = watched(next);
  const others = next.work.filter(({ id }) => !missing.some((job) => job.id === id)).length;
  const seen = `the next life had ${others === 0 ? 'no other job' : `${others} other${others === 1 ? '' : 's'}`} and not ${named(missing)} within ${formatDuration(watchedMs)}`;
  // Whether it is lost, or only not given back yet, depends on the queue; only its owner knows.
  const afterMs = worker?.redeliveryMs ?? null;
  if (afterMs === null || watchedMs < afterMs)
    return inconclusive(
      `${seen}: it was acknowledged before it was done and is lost, or is given back later; say after what time the queue does that with --job-redelivery`,
      'drain',
      evidenceOfJobs(missing),
    );
  return fail('drain', {
    expected: `a job that was cut is given back within ${formatDuration(afterMs)} (--job-redelivery)`,
    observed: `${seen}: it was acknowledged before it was done`,
    evidence: evidenceOfJobs(missing),
  });
}

/** How long the next life was looked at, from when it was ready. */
function watched({ events }: LifeFacts): number {
  const ready = events.find((event) => event.type === 'worker-ready')?.at ?? Infinity;
  const end = events.find((event) => event.type === 'life-ended')?.at ?? -Infinity;
  return Math.max(0, end - ready);
}
