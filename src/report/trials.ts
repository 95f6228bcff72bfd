import type { Status } from '../checks/check.js';
import { statusOfItem } from './checklist.js';
import { spreadsOf } from './spread.js';
import type { CheckReport, Recommendation, Report } from './types.js';

const WORST_FIRST: readonly Status[] = ['fail', 'inconclusive', 'warn', 'skip', 'pass'];
const VERDICTS_WORST_FIRST: readonly Report['verdict'][] = ['fail', 'inconclusive', 'warn', 'pass'];

/**
 * Several trials of one service as one report. A check that has not the same status in each is flaky, with its counts;
 * what it shows then is the worst trial's. Deaths and timelines are those of the first trial with the worst verdict.
 * The verdict is left for whoever weighs the checks.
 * @param reports at least two, of the same plan
 */
export function combineTrials(reports: readonly [Report, ...Report[]]): Report {
  const [first] = reports;
  const worst = reports[worstTrial(reports)] ?? first;
  const checks = first.checks.map(({ id }) =>
    combineCheck(reports.flatMap((report) => report.checks.filter((check) => check.id === id))),
  );
  const combined = checks.filter((check) => check !== null);
  return {
    ...worst,
    startedAt: first.startedAt,
    checks: combined,
    checklist: worst.checklist.map((entry) => ({
      ...entry,
      status: statusOfItem(combined.filter((check) => check.item === entry.number)),
    })),
    recommendation: largest(reports.map((report) => report.recommendation)),
    trials: { count: reports.length, verdicts: reports.map((report) => report.verdict), times: spreadsOf(reports) },
    complete: reports.every((report) => report.complete),
  };
}

/** Which of several trials is shown: the first of those that went worst. */
export function worstTrial(reports: readonly Report[]): number {
  const worst = VERDICTS_WORST_FIRST.find((verdict) => reports.some((one) => one.verdict === verdict));
  return Math.max(
    0,
    reports.findIndex((one) => one.verdict === worst),
  );
}

function combineCheck(checks: readonly CheckReport[]): CheckReport | null {
  const trials: Record<Status, number> = { pass: 0, warn: 0, fail: 0, skip: 0, inconclusive: 0 };
  for (const { status } of checks) if (status !== 'flaky') trials[status] += 1;
  const worst = WORST_FIRST.map((status) => checks.find((check) => check.status === status)).find(
    (one) => one !== undefined,
  );
  if (worst === undefined) return null;
  const agreed = trials[worst.status as Status] === checks.length;
  return { ...worst, status: agreed ? worst.status : 'flaky', trials };
}

/** What is enough for every trial; nothing where one of them was not measured to its end. */
function largest(all: readonly (Recommendation | null)[]): Recommendation | null {
  const known = all.filter((one) => one !== null);
  if (known.length < all.length) return null;
  return known.reduce<Recommendation | null>(
    (most, one) =>
      most === null || one.terminationGracePeriodSeconds > most.terminationGracePeriodSeconds ? one : most,
    null,
  );
}
