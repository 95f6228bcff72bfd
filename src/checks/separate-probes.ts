import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { isVerdict, knownLiveness, readinessOrSkip } from './probe-words.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

const expected = 'readiness and liveness ask different endpoints, or the one they share does not fail in the drain';

export const separateProbes = defineCheck({
  id: 'separate-probes',
  item: 8,
  level: () => 'must',
  view: 'instance',
  needs: 'listener',
  topic: 'Separate probes',
  kept: 'Readiness and liveness are told apart',
  broken: 'One endpoint serves both probes, and it fails while draining',
  why: 'With one endpoint for both, saying "send me no more" also says "restart me".',
  sources: [{ mark: 'P', text: 'readiness and liveness are different probes with different behaviour on shutdown' }],
  cure: 'give liveness an endpoint of its own that stays 200 while draining',
  judge: (facts) => {
    const readiness = readinessOrSkip(facts);
    if (isVerdict(readiness)) return readiness;
    return inScenario(facts, 'drain', (life) => judgeDrain(life, facts));
  },
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const readiness = facts.endpoints.readiness?.path ?? '';
  const failed = life.readiness.firstBadAnswer;
  if (life.readiness.badBefore !== null)
    return skip('readiness was failing before the signal already; see fails-readiness', 'drain');
  const liveness = knownLiveness(facts);
  if (isVerdict(liveness)) {
    if (
      facts.endpoints.readiness?.sureness === 'generic' &&
      failed !== null &&
      facts.endpoints.liveness?.how === 'not-found'
    ) {
      return inconclusive(
        `only ${readiness} was found, and it fails while draining; if liveness asks it too, the process is restarted. Name both with --ready and --live`,
        'drain',
        [failed.seq],
      );
    }
    return skip(liveness.because ?? 'no liveness endpoint is known', 'drain');
  }
  if (liveness.path !== readiness) return pass('drain', `${readiness} and ${liveness.path ?? ''}`, [liveness.seq]);
  if (failed === null) return pass('drain', `${readiness} serves both, and did not fail`, [liveness.seq]);
  return fail('drain', {
    expected,
    observed: `${readiness} serves both and answered ${failed.outcome.kind === 'status' ? failed.outcome.status : 'with a failure'}`,
    evidence: [failed.seq],
  });
}
