import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { goneTooSoon, isVerdict, readinessOrSkip } from './probe-words.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

/** The shortest probe period there is: a failure that is shorter need never be seen. Milliseconds. */
const SHORTEST_PERIOD_MS = 1000;

export const readinessFailsFirst = defineCheck({
  id: 'readiness-fails-first',
  item: 8,
  level: (profile) => (profile === 'load-balancer' ? 'must' : 'should'),
  view: 'instance',
  needs: 'listener',
  topic: 'Readiness before the listener closes',
  kept: 'Readiness failed before the listener was closed',
  broken: 'The listener was closed before readiness could be seen to fail',
  why: 'Readiness that fails together with the listener tells nobody anything: whoever routes by it learns of the shutdown from failing requests.',
  sources: [
    { mark: 'P', text: 'fail readiness first, go on serving, then close' },
    { mark: 'K', text: 'periodSeconds is at least 1: a shorter change need never be seen' },
  ],
  cure: 'fail readiness in the signal handler and go on serving for some seconds before the listener is closed',
  judge: (facts, plan) => {
    const endpoint = readinessOrSkip(facts);
    return isVerdict(endpoint) ? endpoint : inScenario(facts, 'drain', (life) => judgeDrain(life, plan));
  },
});

function judgeDrain(life: LifeFacts, plan: Plan): Verdict {
  const { readiness, listener, signal } = life;
  if (signal === null) return inconclusive('no signal was sent', 'drain');
  const gone = goneTooSoon(life, readiness);
  if (gone !== null) return gone;
  if (readiness.badBefore !== null)
    return skip('readiness was failing before the signal already; see fails-readiness', 'drain');
  const closedAt = listener.closed?.to ?? endOf(life);
  const failed = readiness.firstBadAnswer;
  const wanted = plan.profile === 'load-balancer' ? plan.routingLagMs : SHORTEST_PERIOD_MS;
  const expected = `readiness answers with a failure for ${formatDuration(wanted)} before the listener is closed`;
  if (failed === null) {
    if (listener.closed === null) return skip('readiness never failed; see fails-readiness', 'drain');
    return fail('drain', {
      expected,
      observed: `the listener was closed after ${formatDuration(afterSignal(life, closedAt))}, readiness still good`,
      evidence: listener.evidence,
    });
  }
  const width = Math.max(0, closedAt - failed.first.endedAt);
  const observed = `by ${formatDuration(width)}${listener.closed === null ? ', to the exit' : ''}`;
  const evidence = [failed.seq, ...listener.evidence];
  return width >= wanted ? pass('drain', observed, evidence) : fail('drain', { expected, observed, evidence });
}
