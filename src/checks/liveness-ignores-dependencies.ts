import { backendsOf } from '../plan/backends.js';
import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { isSession } from '../recording/facts/databases.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { isGood } from '../recording/facts/probe.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describeOutcome, isVerdict, knownLiveness } from './probe-words.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

/** A probe that was late by so much did not time out by the target's fault. Milliseconds. */
const LATE_MS = 500;

export const livenessIgnoresDependencies = defineCheck({
  id: 'liveness-ignores-dependencies',
  item: 4,
  level: () => 'must',
  view: 'processes',
  needs: 'service-database',
  topic: 'Liveness without the database',
  kept: 'Liveness stayed up without the database',
  broken: 'Liveness failed with the database',
  why: 'A liveness probe that asks the database has every instance restarted when that has a bad minute, and a restart does not bring the database back: a hiccup becomes an outage.',
  sources: [
    { mark: 'P', text: 'readiness and liveness are different probes: only readiness may depend on others' },
    { mark: 'K', text: 'Kubernetes documentation, probes: a liveness probe must not depend on external services' },
  ],
  cure: 'let liveness answer from the process alone, ask the database in readiness, and give the pool an error handler',
  judge: (facts, plan) => {
    const endpoint = knownLiveness(facts);
    return isVerdict(endpoint)
      ? endpoint
      : inScenario(facts, 'dependency-down', (life) => judgeLife(life, facts, plan));
  },
});

function judgeLife(life: LifeFacts, facts: RunFacts, plan: Plan): Verdict {
  const scenario = 'dependency-down';
  const { cut, exit } = life;
  const path = facts.endpoints.liveness?.path ?? '';
  const names = backendsOf(plan).databases.map(({ variable }) => variable);
  const expected = `liveness answers as before when ${names.join(' and ')} cannot be reached`;
  if (cut === null) return inconclusive('the recording does not say when the database was cut off', scenario);
  if (!life.databases.some((one) => isSession(one) && one.openedAt < cut.at))
    return skip(`the target had no connection to ${names.join(' or ')} that could be cut off`, scenario);
  const before = life.liveness.runs.filter((run) => run.first.startedAt < cut.at);
  const bad = before.find((run) => !isGood(run.outcome) && run.first.endedAt < cut.at);
  if (bad !== undefined || before.length === 0)
    return inconclusive(
      `${path} was not good before the database was cut off`,
      scenario,
      bad === undefined ? [] : [bad.seq],
    );
  if (exit !== null)
    return fail(scenario, {
      expected,
      observed: `the process ended ${formatDuration(exit.at - cut.at)} after that (${exit.signal ?? `exit ${exit.code ?? 'unknown'}`})`,
      cure: 'give the pool a handler for errors of idle connections (pool.on("error", …)), and let requests fail one by one',
      evidence: [cut.seq, exit.seq],
    });
  const failed = life.liveness.runs.find((run) => run.first.endedAt > cut.at && !isGood(run.outcome));
  if (failed === undefined) {
    const good = life.liveness.runs.filter((run) => isGood(run.outcome) && run.last.startedAt > cut.at);
    if (good.length === 0)
      return inconclusive(`${path} was not asked after the database was cut off`, scenario, [cut.seq]);
    const lastMs = Math.max(...good.map((run) => run.last.endedAt)) - cut.at;
    return pass(
      scenario,
      `${path} answered well for ${formatDuration(lastMs)} without it`,
      [cut.seq, ...good.map((run) => run.seq)].slice(0, 5),
    );
  }
  if (failed.outcome.kind === 'timed-out' && failed.maxLateMs > LATE_MS)
    return inconclusive('our own probe was late', scenario, [failed.seq]);
  if (facts.endpoints.liveness?.sureness === 'generic')
    return inconclusive(
      `${path} answered ${describeOutcome(failed.outcome)}, but its name does not say that it is liveness; name the endpoint with --live <path>`,
      scenario,
      [failed.seq],
    );
  const words = failed.outcome.kind === 'status' ? 'answered' : 'was';
  return fail(scenario, {
    expected,
    observed: `${path} ${words} ${describeOutcome(failed.outcome)} ${formatDuration(failed.first.endedAt - cut.at)} after it was cut off`,
    evidence: [cut.seq, failed.seq],
  });
}
