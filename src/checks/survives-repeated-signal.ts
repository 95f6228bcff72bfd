import { formatDuration } from '../plan/durations.js';
import { fateOf } from '../recording/facts/answers.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { steppedInAt, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describe, judgeInFlight, lostInFlight, when } from './in-flight.js';
import { describeExit } from './exit-words.js';
import { evidenceOfJobs, inHand, named, noJobInHand } from './worker-jobs.js';
import { whyNoRequest } from './nothing-held.js';
import { evidenceOf, fail, inconclusive, inScenario, pass, skip } from './verdict.js';

const expected = 'a second signal changes nothing for the work that is in flight';

export const survivesRepeatedSignal = defineCheck({
  id: 'survives-repeated-signal',
  item: 1,
  level: () => 'should',
  view: 'processes',
  topic: 'A second signal',
  kept: 'A second signal changed nothing for the work in flight',
  broken: 'A second signal cut the work in flight',
  why: 'Signals come twice: from a supervisor that repeats itself, from a process group and a wrapper at once, from a person who is impatient. The second must not undo what the first has begun.',
  sources: [
    { mark: 'F', text: 'process.once takes the handler away, so that the second SIGTERM is the default death' },
    { mark: 'F', text: 'a wrapper passes the signal on to a server that has got it from its process group already' },
  ],
  cure: 'keep the handler installed, and let it do nothing when the shutdown is under way already',
  judge: (facts) => inScenario(facts, 'repeat-signal', (life) => judgeRepeated(life, facts)),
});

function judgeRepeated(life: LifeFacts, facts: RunFacts): Verdict {
  const { repeated, exit } = life;
  if (repeated === null || (exit !== null && exit.at < repeated.at))
    return skip('it was gone before the second signal', 'repeat-signal');
  if (life.isWorker) return judgeWorker(life, facts, repeated);
  if (life.inFlight.length === 0) return inconclusive(whyNoRequest(life, facts), 'repeat-signal');
  const work = life.inFlight.filter(({ end }) => end === null || end.at > repeated.at);
  if (work.length === 0)
    return inconclusive(
      'all work was over before the second signal; name an endpoint that takes longer with --slow',
      'repeat-signal',
      [repeated.seq],
    );
  const lost = work.filter((exchange) => fateOf(exchange, life, facts) === 'lost');
  if (lost.length === 0) return judgeInFlight(work, life, facts, expected);
  const reason = whyNotTheSecond(lost, life, facts);
  if (reason !== null) return reason;
  const since = { at: repeated.at, what: 'the second signal' };
  return fail('repeat-signal', {
    expected,
    observed: `${describe(work, lost)}, the first ${when(lost, life, since)}`,
    evidence: [repeated.seq, ...evidenceOf(lost)],
  });
}

function judgeWorker(life: LifeFacts, facts: RunFacts, repeated: NonNullable<LifeFacts['repeated']>): Verdict {
  const { jobs, cut, byOrphan } = inHand(life);
  const evidence = [repeated.seq, ...evidenceOfJobs(jobs)];
  if (jobs.length === 0) return noJobInHand(life, facts);
  if (cut.length > 0) {
    const { drain } = facts.played;
    if (drain === undefined)
      return inconclusive(
        'the same death with one signal was not played; do not skip the scenario drain',
        'repeat-signal',
        evidence,
      );
    if (inHand(drain).cut.length > 0)
      return skip('one signal cuts the job as well; see finishes-current-job', 'repeat-signal');
    if (life.killed !== null && drain.killed !== null)
      return skip('one signal does not end it either; see exits-in-time', 'repeat-signal');
    const after = formatDuration((life.exit?.at ?? repeated.at) - repeated.at);
    return fail('repeat-signal', {
      expected: 'a second signal changes nothing for the job in hand',
      observed: `the worker ended (${describeExit(life)}) ${after} after the second signal with ${named(cut)} not done`,
      evidence,
    });
  }
  if (!jobs.some(({ done }) => (done?.since ?? 0) > repeated.at))
    return inconclusive(
      'the job in hand was done before the second signal; put jobs into the queue that take longer',
      'repeat-signal',
      evidence,
    );
  return byOrphan.length > 0
    ? inconclusive(
        'the job in hand was done by a process that outlived the one that was signalled',
        'repeat-signal',
        evidence,
      )
    : pass('repeat-signal', `${named(jobs)} finished all the same`, evidence);
}

/** The verdict when the loss may have come of the first signal, which the drain has alone; null when it has not. */
function whyNotTheSecond(lost: readonly Exchange[], life: LifeFacts, facts: RunFacts): Verdict | null {
  const { drain } = facts.played;
  if (drain === undefined)
    return inconclusive(
      'the same death with one signal was not played; do not skip the scenario drain',
      'repeat-signal',
      evidenceOf(lost),
    );
  if (lostInFlight(drain, facts).length > 0)
    return skip('one signal loses work as well; see finishes-requests', 'repeat-signal');
  const atTheEnd = lost.every(({ end }) => end !== null && end.at >= steppedInAt(life));
  return atTheEnd && drain.killed !== null
    ? skip('one signal does not end it either; see exits-in-time', 'repeat-signal')
    : null;
}
