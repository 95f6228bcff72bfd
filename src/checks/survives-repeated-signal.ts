import { fateOf } from '../recording/facts/answers.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { steppedInAt, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describe, judgeInFlight, lostInFlight, when } from './in-flight.js';
import { whyNoRequest } from './nothing-held.js';
import { evidenceOf, fail, inconclusive, inScenario, skip } from './verdict.js';

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
