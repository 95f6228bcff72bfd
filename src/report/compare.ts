import type { ScenarioId } from '../plan/types.js';
import type { CheckReport, CheckStatus, Metric, Report } from './types.js';

/** unchecked: it has been judged in one of the two alone, which is neither better nor worse. */
export type Change = 'better' | 'worse' | 'same' | 'unchecked';

export interface ComparedCheck {
  id: string;
  /** The sentence that is true now, or was when it is not judged any more. */
  title: string;
  before: CheckStatus | null;
  after: CheckStatus | null;
  /** What was seen, where the two differ. */
  observed: string | null;
  change: Change;
}

export interface ComparedTime {
  scenario: ScenarioId;
  metric: Metric;
  beforeMs: number | null;
  afterMs: number | null;
}

export interface Comparison {
  checks: ComparedCheck[];
  times: ComparedTime[];
}

/** How bad a status is, for a comparison of two of them. */
const BADNESS: Record<CheckStatus, number> = { pass: 0, skip: 0, warn: 1, inconclusive: 2, flaky: 3, fail: 4 };

/** Whether a status is one to act upon. */
export function isBad(status: CheckStatus): boolean {
  return BADNESS[status] > 0;
}

/** Two reports side by side: every check of either, in the order of the later, and the times of the deaths of both. */
export function compareReports(before: Report, after: Report): Comparison {
  const gone = before.checks.filter((check) => after.checks.every((other) => other.id !== check.id));
  return {
    checks: [
      ...after.checks.map((check) => compareCheck(before.checks.find((other) => other.id === check.id) ?? null, check)),
      ...gone.map((check) => compareCheck(check, null)),
    ],
    times: compareTimes(before, after),
  };
}

function compareCheck(before: CheckReport | null, after: CheckReport | null): ComparedCheck {
  const change = changeOf(before?.status ?? null, after?.status ?? null);
  return {
    id: (after ?? before)?.id ?? '',
    title: (after ?? before)?.title ?? '',
    before: before?.status ?? null,
    after: after?.status ?? null,
    observed: change === 'same' ? null : ((after ?? before)?.observed ?? null),
    change,
  };
}

/** What a change from one status to another is. What newly fails is worse, whether or not it was judged before. */
export function changeOf(before: CheckStatus | null, after: CheckStatus | null): Change {
  const then = before === 'skip' ? null : before;
  const now = after === 'skip' ? null : after;
  if (now === null) return then === null ? 'same' : 'unchecked';
  if (then === null) return isBad(now) ? 'worse' : 'unchecked';
  if (BADNESS[now] === BADNESS[then]) return 'same';
  return BADNESS[now] < BADNESS[then] ? 'better' : 'worse';
}

function compareTimes(before: Report, after: Report): ComparedTime[] {
  return after.scenarios.flatMap((now) => {
    const then = before.scenarios.find((one) => one.id === now.id && one.timeline !== null);
    if (then === undefined || now.timeline === null) return [];
    return [
      { scenario: now.id, metric: 'exit', beforeMs: then.exit?.afterMs ?? null, afterMs: now.exit?.afterMs ?? null },
      {
        scenario: now.id,
        metric: 'readiness',
        beforeMs: then.readiness?.flippedAfterMs?.to ?? null,
        afterMs: now.readiness?.flippedAfterMs?.to ?? null,
      },
    ] satisfies ComparedTime[];
  });
}
