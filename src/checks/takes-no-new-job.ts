import { formatDuration } from '../plan/durations.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { fail, inconclusive, inScenario, pass, plural, skip } from './verdict.js';
import {
  crossedSignal,
  evidenceOfJobs,
  inHand,
  named,
  noJobInHand,
  takenAfterSignal,
  wereWaiting,
} from './worker-jobs.js';

const expected = 'no job is begun after the signal, although others are waiting';

export const takesNoNewJob = defineCheck({
  id: 'takes-no-new-job',
  item: 3,
  level: () => 'must',
  view: 'processes',
  needs: 'worker',
  topic: 'Jobs after the signal',
  kept: 'No job was begun after the signal',
  broken: 'A job was begun after the signal',
  why: 'Every job that is begun after the signal may be the one that SIGKILL meets. Another worker would have taken it, and had the time to finish it.',
  sources: [
    { mark: 'W', text: 'once the signal is there, no new task may be taken' },
    { mark: 'F', text: 'consumers whose loop looks at the flag after the next job was taken, or never' },
  ],
  cure: 'look at the flag before each job is taken; stop the consumer first (cancel the subscription, close the blocking read), and give back what was fetched ahead',
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { jobs, cut } = inHand(life);
  const taken = takenAfterSignal(life);
  if (taken.length > 0) {
    const [first] = taken;
    const lost = taken.filter(({ done }) => done === null).length;
    const end = lost === 0 ? 'all of them finished' : `${lost} of them not finished`;
    return fail('drain', {
      expected,
      observed: `${plural(taken.length, 'job')} begun after the signal (${named(taken)}), the first ${formatDuration(afterSignal(life, first?.started?.at ?? 0))} after it, ${end}`,
      evidence: evidenceOfJobs(taken),
    });
  }
  if (jobs.length === 0) return noJobInHand(life, facts);
  if (cut.length === jobs.length && life.killed === null)
    return skip(
      'it ended with its job in hand, and so could not have taken another; see finishes-current-job',
      'drain',
    );
  if (cut.length === jobs.length)
    return inconclusive(
      'the job in hand was not done until SIGKILL, so that it could not have taken another',
      'drain',
      evidenceOfJobs(jobs),
    );
  const waiting = wereWaiting(life, facts);
  if (waiting.length === 0)
    return inconclusive(
      'whether there was another job to take is not known: the next life began none either; put more jobs into the queue, before the run or with --job-enqueue',
      'drain',
      evidenceOfJobs(jobs),
    );
  const { crossed, unclear } = crossedSignal(life);
  if (unclear.length > 0)
    return inconclusive(
      `${named(unclear)} begun ${formatDuration(afterSignal(life, unclear[0]?.started?.at ?? 0))} after the signal: whether it was taken before the signal was heard cannot be told; put jobs into the queue that take longer`,
      'drain',
      evidenceOfJobs(unclear),
    );
  const note =
    crossed.length === 0
      ? null
      : `${named(crossed)} crossed with the signal, ${formatDuration(afterSignal(life, crossed[0]?.started?.at ?? 0))} after it`;
  return pass(
    'drain',
    `none, and ${named(waiting.slice(0, 1))} was waiting`,
    evidenceOfJobs([...jobs, ...waiting]),
    note,
  );
}
