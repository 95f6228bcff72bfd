import type { Plan } from '../plan/types.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { account, jobEvidence, missing } from './jobs.js';
import { fail, inconclusive, inScenario, pass, plural, skip } from './verdict.js';

const expected = 'a job that is submitted after the signal is turned away, or accepted and finished';

export const turnsAwayNewJobs = defineCheck({
  id: 'turns-away-new-jobs',
  item: 3,
  level: () => 'must',
  view: 'clients',
  needs: 'jobs',
  topic: 'Jobs submitted after the signal',
  kept: 'Jobs after the signal were turned away or finished',
  broken: 'Jobs after the signal were accepted and lost',
  why: 'A client that is turned away with a 503 tries another instance. One that got a 202 from an instance that is about to die does not.',
  sources: [
    { mark: 'W', text: 'once readiness is down, no new task may be taken' },
    { mark: 'R', text: 'RFC 9110, section 15.6.4: 503 tells the client to try again' },
  ],
  cure: 'answer 503 with Retry-After to submissions from the signal on, or close the listener first',
  judge: (facts, plan) => inScenario(facts, 'jobs', (life) => judgeJobs(life, facts, plan)),
});

function judgeJobs(life: LifeFacts, facts: RunFacts, plan: Plan): Verdict {
  const own = facts.jobs.jobs.filter(({ phase }) => phase === 'after');
  if (own.length === 0) return skip('the target was gone before a job could be submitted after the signal', 'jobs');
  const { lost, unknown, because } = missing(own, life, facts, plan);
  const words = `${account(own)} of ${plural(own.length, 'job')} submitted after the signal`;
  if (lost.length > 0) return fail('jobs', { expected, observed: `${words}: ${because}`, evidence: jobEvidence(lost) });
  if (unknown.length > 0)
    return inconclusive(
      `${unknown.length} of ${plural(own.length, 'job')} accepted after the signal and not seen done: ${because}`,
      'jobs',
      jobEvidence(unknown),
    );
  return pass('jobs', words, jobEvidence(own));
}
