import type { Plan } from '../plan/types.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Check, Level, Status, Verdict } from './check.js';
import { CHECKS } from './index.js';

/** A check and what it says, with its weight under this plan. */
export interface Judged {
  check: Check;
  level: Level;
  /** The verdict as it counts: a should-check that failed is a warning unless the plan is strict. */
  status: Status;
  verdict: Verdict;
  /** Shown, but does not count. */
  ignored: boolean;
}

export type RunVerdict = 'pass' | 'warn' | 'fail' | 'inconclusive';

/** Judges a recording's facts: every check of the plan, in the order of the catalogue. Opens nothing and asks nobody. */
export function judge(facts: RunFacts, plan: Plan, catalogue: readonly Check[] = CHECKS): Judged[] {
  return catalogue.filter((check) => plan.checks.includes(check.id)).map((check) => judgeOne(check, facts, plan));
}

function judgeOne(check: Check, facts: RunFacts, plan: Plan): Judged {
  const level = check.level(plan.profile);
  const verdict = check.judge(facts, plan);
  const status = statusAtLevel(verdict.status, level, plan.strict);
  const informative = level === 'info' && verdict.status === 'fail';
  return {
    check,
    level,
    status,
    verdict: informative
      ? { ...verdict, because: `informative under the profile ${plan.profile}: ${verdict.observed ?? ''}` }
      : verdict,
    ignored: plan.ignore.includes(check.id),
  };
}

/** What a verdict counts as. Only a failure changes with the level. */
export function statusAtLevel(status: Status, level: Level, strict: boolean): Status {
  if (status !== 'fail' || level === 'must') return status;
  if (level === 'info') return 'skip';
  return strict ? 'fail' : 'warn';
}

/** The verdict of the whole run, from the checks that count. A run in which nothing was proved is inconclusive. */
export function overall(judged: readonly Judged[]): RunVerdict {
  const counted = judged.filter((one) => !one.ignored && one.level !== 'info');
  const has = (status: Status) => counted.some((one) => one.status === status);
  if (has('fail')) return 'fail';
  if (has('inconclusive')) return 'inconclusive';
  if (has('warn')) return 'warn';
  return has('pass') ? 'pass' : 'inconclusive';
}
