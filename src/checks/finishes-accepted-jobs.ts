import { backendsOf } from '../plan/backends.js';
import type { Plan } from '../plan/types.js';
import { isDone } from '../recording/facts/jobs.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { account, jobEvidence, missing } from './jobs.js';
import { fail, inconclusive, inScenario, pass, plural } from './verdict.js';

const expected = 'every job that was accepted before the signal is finished, and somebody is told';

export const finishesAcceptedJobs = defineCheck({
  id: 'finishes-accepted-jobs',
  item: 3,
  level: () => 'must',
  view: 'clients',
  needs: 'jobs',
  topic: 'Accepted jobs',
  kept: 'Accepted jobs were finished',
  broken: 'Accepted jobs were lost',
  why: 'Whoever got a 202 has gone away and counts on it. Nobody asks again for a job that was accepted and forgotten.',
  sources: [
    { mark: 'W', text: 'tasks and WebSockets outlive the signal: finish them, and tell those who wait' },
    { mark: 'R', text: 'RFC 9110, section 15.3.3: 202 says that the request has been accepted, and nothing more' },
  ],
  cure: 'stop taking jobs, finish those that are under way, tell their clients, and only then close WebSockets and exit; or keep jobs where the next instance finds them',
  judge: (facts, plan) => inScenario(facts, 'jobs', (life) => judgeJobs(life, facts, plan)),
});

function judgeJobs(life: LifeFacts, facts: RunFacts, plan: Plan): Verdict {
  const signalAt = life.signal?.at ?? Infinity;
  const own = facts.jobs.jobs.filter((job) => job.accepted && job.phase !== 'after');
  if (own.length === 0) return inconclusive('no job was accepted before the signal', 'jobs');
  const underWay = own.filter(({ doneAt }) => (doneAt ?? Infinity) > signalAt);
  if (underWay.length === 0)
    return inconclusive(
      'every job was done before the signal; submit more of them with --jobs, or ones that take longer',
      'jobs',
      jobEvidence(own),
    );
  const { lost, unknown, because } = missing(own, life, facts, plan);
  const words = `${account(own)} of ${plural(own.length, 'accepted job')}, ${underWay.length} of them under way at the signal`;
  if (lost.length > 0) return fail('jobs', { expected, observed: `${words}: ${because}`, evidence: jobEvidence(lost) });
  const twice = backendsOf(plan).jobs?.once === true ? own.filter(({ times }) => times > 1) : [];
  if (twice.length > 0)
    return fail('jobs', {
      expected: 'every job that was accepted is done once (--job-once)',
      observed: `${twice.length} of ${plural(own.length, 'accepted job')} done more than once`,
      cure: 'write down that a job is done in the same transaction as its effect, and look before it is begun again',
      evidence: jobEvidence(twice),
    });
  if (unknown.length > 0)
    return inconclusive(
      `${unknown.length} of ${plural(own.length, 'accepted job')} not seen done: ${because}`,
      'jobs',
      jobEvidence(unknown),
    );
  return pass('jobs', words, jobEvidence(own.filter(isDone)));
}
