import { formatDuration } from '../plan/durations.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import { isGood } from '../recording/facts/probe.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describeFlip, describeOutcome, goneTooSoon, isVerdict, knownReadiness } from './probe-words.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

/** Readiness has to fail within this time of the signal: a second is the shortest period a kubelet knows. Milliseconds. */
const WITHIN_MS = 1000;
const expected = `readiness fails (400 or above, or the listener is closed) within ${formatDuration(WITHIN_MS)} of the signal`;

export const failsReadiness = defineCheck({
  id: 'fails-readiness',
  item: 8,
  level: () => 'must',
  view: 'instance',
  needs: 'listener',
  topic: 'Readiness after the signal',
  kept: 'Readiness failed after the signal',
  broken: 'Readiness did not fail after the signal',
  why: 'Load balancers with health checks of their own, and services whose pods all end together, have nothing else to go by.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: fail the readiness probe' },
    { mark: 'P', text: 'readiness and liveness are different probes, and only readiness fails on shutdown' },
  ],
  cure: 'set a flag in the signal handler, before anything else, and answer 503 on the readiness endpoint from then on',
  judge: (facts) => {
    const endpoint = knownReadiness(facts);
    return isVerdict(endpoint) ? endpoint : inScenario(facts, 'drain', (life) => judgeDrain(life, facts));
  },
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { readiness, signal } = life;
  if (signal === null) return inconclusive('no signal was sent', 'drain');
  const gone = goneTooSoon(life, readiness);
  if (gone !== null) return gone;
  const { flipped, firstBad, badBefore } = readiness;
  const path = facts.endpoints.readiness?.path ?? '';
  if (badBefore !== null)
    return inconclusive(
      `${path} was failing before the signal already (${describeOutcome(badBefore.outcome)})`,
      'drain',
      [badBefore.seq],
    );
  if (flipped === null || firstBad === null) {
    const lived = afterSignal(life, endOf(life));
    if (lived < WITHIN_MS)
      return skip(`it was gone ${formatDuration(lived)} after the signal, sooner than readiness has to fail`, 'drain');
    const seqs = readiness.drain.map((run) => run.seq).slice(-3);
    if (facts.endpoints.readiness?.sureness === 'generic') {
      return inconclusive(
        `${path} stayed good to the end, but its name does not say that it is readiness; name the endpoint with --ready <path>`,
        'drain',
        seqs,
      );
    }
    const last = readiness.drain.at(-1);
    if (last !== undefined && !isGood(last.outcome))
      return inconclusive(
        `${path} was ${describeOutcome(last.outcome)} at last, which says neither yes nor no`,
        'drain',
        seqs,
      );
    return fail('drain', {
      expected,
      observed: `${path} answered ${last === undefined ? 'well' : describeOutcome(last.outcome)} to the end`,
      evidence: seqs,
    });
  }
  const seqs = [firstBad.seq];
  if (afterSignal(life, flipped.from) > WITHIN_MS) {
    if (facts.endpoints.readiness?.sureness === 'generic' && firstBad.outcome.kind === 'refused') {
      return inconclusive(
        `${path} stayed good until the listener was closed, but its name does not say that it is readiness; name the endpoint with --ready <path>`,
        'drain',
        seqs,
      );
    }
    return fail('drain', {
      expected,
      observed: `${path} failed only after ${describeFlip(life, readiness)}`,
      evidence: seqs,
    });
  }
  if (afterSignal(life, flipped.to) > WITHIN_MS) {
    return inconclusive(
      `${path} failed somewhere between ${describeFlip(life, readiness)}; the probe was not answered in between`,
      'drain',
      seqs,
    );
  }
  const note = firstBad.outcome.kind === 'status' ? null : 'the listener was closed; no failing answer was seen first';
  return pass(
    'drain',
    `${path}: ${describeOutcome(firstBad.outcome)} after ${describeFlip(life, readiness)}`,
    seqs,
    note,
  );
}
