import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { afterSignal, timeToExit, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describeExit } from './exit-words.js';
import { evidenceOfJobs, finishedWords, inHand, named, noJobInHand } from './worker-jobs.js';
import { judgeInFlight, lostInFlight } from './in-flight.js';
import { fatalSignal } from './signal-path.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

export const treatsSigintAlike = defineCheck({
  id: 'treats-sigint-alike',
  item: 1,
  level: () => 'should',
  view: 'processes',
  topic: 'SIGINT',
  kept: 'SIGINT drained as the signal of the run does',
  broken: 'SIGINT did not drain as the signal of the run does',
  why: 'Ctrl-C sends SIGINT, and so do pm2, foreman and many a test harness. A drain that only SIGTERM sets off is never seen on a laptop, and missing where a supervisor says stop in another way.',
  sources: [
    {
      mark: 'F',
      text: 'pm2 stops a process with SIGINT; gunicorn with sync workers drains on SIGTERM and cuts on SIGINT',
    },
    { mark: 'F', text: 'STOPSIGNAL SIGINT in images whose server knows only that' },
  ],
  cure: 'install the same handler for SIGINT as for SIGTERM',
  judge: (facts, plan) =>
    plan.signal === 'SIGINT'
      ? skip("the run's signal is SIGINT already")
      : inScenario(facts, 'interrupt', (life) => judgeInterrupt(life, facts, plan)),
});

function judgeInterrupt(life: LifeFacts, facts: RunFacts, plan: Plan): Verdict {
  const { signal: usual } = plan;
  const expected = `SIGINT sets off the same drain as ${usual}: work in flight is finished, then it ends`;
  const { exit, signal, killed } = life;
  if (exit === null || signal === null) return inconclusive('the recording ends before the target did', 'interrupt');
  const { drain } = facts.played;
  if (killed !== null) {
    if (drain !== undefined && drain.killed !== null)
      return skip(`${usual} does no better; see exits-in-time`, 'interrupt');
    const without = drain === undefined ? null : timeToExit(drain);
    const beside = without === null ? '' : `; after ${usual} it is gone within ${formatDuration(without)}`;
    return fail('interrupt', {
      expected,
      observed: `still running ${formatDuration(afterSignal(life, killed.at))} after SIGINT, until SIGKILL${beside}`,
      evidence: [signal.seq, killed.seq],
    });
  }
  if (life.isWorker) return judgeWorker(life, facts, plan, expected);
  if (lostInFlight(life, facts).length > 0 && drain !== undefined && lostInFlight(drain, facts).length > 0)
    return skip(`${usual} does no better; see finishes-requests`, 'interrupt');
  if (life.inFlight.length === 0) return judgeEmptyHanded(life);
  const verdict = judgeInFlight(life.inFlight, life, facts, expected);
  return verdict.status === 'pass'
    ? pass('interrupt', `${verdict.observed ?? ''}, gone after ${formatDuration(timeToExit(life) ?? 0)}`, [
        ...verdict.evidence,
        exit.seq,
      ])
    : verdict;
}

function judgeWorker(life: LifeFacts, facts: RunFacts, { signal: usual }: Plan, expected: string): Verdict {
  const hand = inHand(life);
  const exited = life.exit === null ? [] : [life.exit.seq];
  if (hand.jobs.length === 0) {
    const { because } = noJobInHand(life, facts);
    return fatalSignal(life) === null
      ? pass('interrupt', `it ended by its own exit after ${formatDuration(timeToExit(life) ?? 0)}`, exited, because)
      : inconclusive(because ?? '', 'interrupt', exited);
  }
  if (hand.cut.length === 0)
    return hand.byOrphan.length > 0
      ? inconclusive(
          'the job in hand was done by a process that outlived the one that was signalled',
          'interrupt',
          exited,
        )
      : pass('interrupt', finishedWords(hand, life), [...evidenceOfJobs(hand.jobs), ...exited]);
  const { drain } = facts.played;
  if (drain !== undefined && inHand(drain).cut.length > 0)
    return skip(`${usual} does no better; see finishes-current-job`, 'interrupt');
  const observed = `${describeExit(life)} after ${formatDuration(timeToExit(life) ?? 0)} with ${named(hand.cut)} not done`;
  return fail('interrupt', { expected, observed, evidence: [...evidenceOfJobs(hand.cut), ...exited] });
}

/** Without work in flight only an exit of its own tells a shutdown from the default death. */
function judgeEmptyHanded(life: LifeFacts): Verdict {
  const evidence = life.exit === null ? [] : [life.exit.seq];
  const fatal = fatalSignal(life);
  return fatal === null
    ? pass(
        'interrupt',
        `it ended by its own exit after ${formatDuration(timeToExit(life) ?? 0)}, with nothing in flight`,
        evidence,
      )
    : inconclusive(
        `it died of ${fatal} with nothing in flight, which is no proof either way; name a slow endpoint with --slow`,
        'interrupt',
        evidence,
      );
}
