import { formatDuration } from '../plan/durations.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { describeOutcome, goneTooSoon, isVerdict, readinessOrSkip } from './probe-words.js';
import { fail, inScenario, pass, skip } from './verdict.js';

const expected = 'once readiness has failed, it stays failed';

export const readinessDoesNotFlap = defineCheck({
  id: 'readiness-does-not-flap',
  item: 8,
  level: () => 'must',
  view: 'instance',
  needs: 'listener',
  topic: 'Steadiness of readiness',
  kept: 'Readiness stayed failed',
  broken: 'Readiness came back while draining',
  why: 'One good answer puts a dying instance back into rotation, just in time to lose what it is sent.',
  sources: [{ mark: 'P', text: 'readiness fails on shutdown and does not recover' }],
  cure: 'let nothing but the end of the process reset the shutting-down flag',
  judge: (facts) => {
    const endpoint = readinessOrSkip(facts);
    return isVerdict(endpoint) ? endpoint : inScenario(facts, 'drain', judgeDrain);
  },
});

function judgeDrain(life: LifeFacts): Verdict {
  const { readiness } = life;
  const gone = goneTooSoon(life, readiness);
  if (gone !== null) return gone;
  if (readiness.badBefore !== null)
    return skip('readiness was failing before the signal already; see fails-readiness', 'drain');
  if (readiness.firstBad === null) return skip('readiness never failed; see fails-readiness', 'drain');
  const { recovered } = readiness;
  if (recovered === null) {
    const failures = readiness.drain
      .filter((run) => run.seq >= (readiness.firstBad?.seq ?? 0))
      .reduce((sum, run) => sum + run.count, 0);
    return pass('drain', `${failures} answers in a row`, [readiness.firstBad.seq]);
  }
  const observed = `${describeOutcome(readiness.firstBad.outcome)}, then ${describeOutcome(recovered.outcome)} again ${formatDuration(afterSignal(life, recovered.first.endedAt))} after the signal`;
  return fail('drain', { expected, observed, evidence: [readiness.firstBad.seq, recovered.seq] });
}
