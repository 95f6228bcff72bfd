import type { Plan } from '../plan/types.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Check, Level, Status, Verdict } from './check.js';
import { CHECKS } from './index.js';
import { skip } from './verdict.js';

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
  const verdict = named(outOfView(check, facts) ?? check.judge(facts, plan), facts);
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

/** The verdict on what cannot be seen of this kind of target; null when it can. */
function outOfView({ view }: Check, { lives }: RunFacts): Verdict | null {
  if (view === 'processes' && lives.some((life) => life.outside))
    return skip('a URL shows no process, no signal and no exit; give the process with --pid, or the command itself');
  if (view === 'instance' && lives.some((life) => life.replaced))
    return skip('another instance took its place; see rollout-loses-nothing');
  if (view === 'instance' && lives.some((life) => life.fronted))
    return skip(
      'something in front of the service answers for it when it is gone, so that its own answers cannot be told apart; test it without that in front',
    );
  return null;
}

/** A verdict names the scenario that was played, which may have answered the question of another. */
function named(verdict: Verdict, { played }: RunFacts): Verdict {
  const scenario = verdict.scenario === null ? null : (played[verdict.scenario]?.scenario ?? verdict.scenario);
  return { ...verdict, scenario };
}

/** What a verdict counts as. Only a failure changes with the level. */
export function statusAtLevel(status: Status, level: Level, strict: boolean): Status {
  if (status !== 'fail' || level === 'must') return status;
  if (level === 'info') return 'skip';
  return strict ? 'fail' : 'warn';
}

/** What the verdict of a run is made of: a check of one run, or of several that may not agree. */
export interface Weighed {
  level: Level;
  status: Status | 'flaky';
  ignored: boolean;
  /** It was as bad before, which is no failure, but no pass either. */
  known?: boolean;
  trials?: Record<Status, number> | null;
}

/**
 * The verdict of the whole run, from the checks that count. A run in which nothing was proved is inconclusive. A flaky
 * check counts as the worst of its trials, and as a warning at least.
 */
export function overall(judged: readonly Weighed[]): RunVerdict {
  const counted = judged.filter((one) => !one.ignored && one.level !== 'info');
  const has = (status: Status) => counted.some((one) => countsAs(one).includes(status));
  if (has('fail')) return 'fail';
  if (has('inconclusive')) return 'inconclusive';
  if (has('warn')) return 'warn';
  return has('pass') ? 'pass' : 'inconclusive';
}

function countsAs({ status, known, trials }: Weighed): Status[] {
  if (known === true) return ['warn'];
  if (status !== 'flaky') return [status];
  const bad = (['fail', 'inconclusive'] as const).filter((one) => (trials?.[one] ?? 0) > 0);
  return [...bad, 'warn'];
}
