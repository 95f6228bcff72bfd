import { formatDuration } from '../plan/durations.js';
import { afterSignal, endedByItself, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describeExit } from './exit-words.js';
import { signalPath } from './signal-path.js';
import { fail, inconclusive, inScenario, pass } from './verdict.js';
import { cameBack, evidenceOfJobs, finishedWords, inHand, named, nextLife, noJobInHand } from './worker-jobs.js';

const expected = 'the job that is in hand at the signal is finished before the worker exits';

export const finishesCurrentJob = defineCheck({
  id: 'finishes-current-job',
  item: 3,
  level: () => 'must',
  view: 'processes',
  needs: 'worker',
  topic: 'The job in hand',
  kept: 'The job in hand was finished',
  broken: 'The job in hand was cut',
  why: 'A job that is cut has done half of its work. At best the queue gives it back and it is begun again, with what was done already done twice; at worst nobody knows of it any more.',
  sources: [
    { mark: 'W', text: 'finish the work in hand, take no more, then exit' },
    { mark: 'F', text: 'consumers that die in the middle of a message on every rollout' },
  ],
  cure: 'let the handler only set a flag, look at it before the next job is taken, and exit when the one in hand is done and acknowledged',
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const hand = inHand(life);
  const { jobs, cut, byOrphan } = hand;
  if (jobs.length === 0) return noJobInHand(life, facts);
  if (cut.length > 0) {
    const evidence = [...evidenceOfJobs(cut), (life.killed ?? life.exit)?.seq].filter((seq) => seq !== undefined);
    // Work that takes longer than the grace period is cut in the best of workers: the time is named with it.
    const end = endedByItself(life)
      ? `the worker ended (${describeExit(life)}) ${formatDuration(afterSignal(life, life.exit?.at ?? 0))} after the signal`
      : `the worker was killed at the end of the grace period, ${formatDuration(afterSignal(life, life.killed?.at ?? 0))} after the signal,`;
    return fail('drain', {
      expected,
      observed: `${end} with ${named(cut)} not done; ${whatBecame(hand.cut, life, facts)}`,
      evidence,
    });
  }
  if (byOrphan.length > 0 || signalPath(life).orphaned)
    return inconclusive(
      `${named(jobs)} done by a process that outlived the one that was signalled; in a container it would have been killed`,
      'drain',
      evidenceOfJobs(jobs),
    );
  return pass('drain', finishedWords(hand, life), evidenceOfJobs(jobs));
}

function whatBecame(cut: Parameters<typeof cameBack>[0], life: LifeFacts, facts: RunFacts): string {
  if (nextLife(life, facts) === null) return 'what became of it was not seen';
  const back = cameBack(cut, life, facts);
  if (back.length === cut.length) return 'the next life took it up again';
  return 'the next life did not take it up again';
}
