import type { Status } from '../checks/check.js';
import { formatDuration } from '../plan/durations.js';
import type { BudgetReport, CheckReport, Metric, Report, TimeSpread } from './types.js';

const STATUS_WORDS: Record<Status, string> = {
  pass: 'passed',
  warn: 'warned',
  fail: 'failed',
  inconclusive: 'not proved',
  skip: 'not checked',
};

/** `3 passed, 2 failed`, best first; null where there was one trial. */
export function trialWords({ trials }: CheckReport): string | null {
  if (trials === null) return null;
  return (Object.keys(STATUS_WORDS) as Status[])
    .filter((status) => trials[status] > 0)
    .map((status) => `${trials[status]} ${STATUS_WORDS[status]}`)
    .join(', ');
}

const METRIC_WORDS: Record<Metric, string> = { exit: 'time to exit', readiness: 'time to failing readiness' };

/** What several trials, the budgets and the baseline say, one sentence each; empty where there is none of them. */
export function gateWords(report: Report): string[] {
  const { trials, budgets, baseline } = report;
  return [
    ...(trials === null
      ? []
      : [
          `${trials.count} trials: ${tallyOf(trials.verdicts)}`,
          ...trials.times.filter(isEveryDay).map((time) => spreadWords(time, trials.count)),
        ]),
    ...budgets.map(budgetWords),
    ...(baseline === null
      ? []
      : [
          `compared with the baseline of ${baseline.startedAt}: ${listed(baseline.known, 'known')}, ${listed(baseline.worse, 'worse')}, ${listed(baseline.better, 'better')}`,
        ]),
  ];
}

/** The other deaths are in the report for those who look for them. */
function isEveryDay({ scenario }: TimeSpread): boolean {
  return scenario === 'drain' || scenario === 'together';
}

function tallyOf(verdicts: readonly string[]): string {
  return [...new Set(verdicts)].map((word) => `${verdicts.filter((one) => one === word).length} ${word}`).join(', ');
}

function spreadWords({ metric, scenario, measured, p50Ms, p95Ms, maxMs }: TimeSpread, count: number): string {
  if (p50Ms === null || p95Ms === null || maxMs === null)
    return `${scenario}: ${METRIC_WORDS[metric]} was not measured in any trial`;
  const seen = measured === count ? '' : ` (measured in ${measured} of ${count})`;
  return `${scenario}: ${METRIC_WORDS[metric]} ${formatDuration(p50Ms)} p50, ${formatDuration(p95Ms)} p95, ${formatDuration(maxMs)} at most${seen}`;
}

function budgetWords({ budget, measuredMs, status, because }: BudgetReport): string {
  const words = { pass: 'kept', fail: 'broken', inconclusive: 'not proved' }[status];
  const measured = measuredMs === null ? null : formatDuration(measuredMs);
  return `budget ${budget}: ${[words, measured, because].filter((part) => part !== null).join(', ')}`;
}

function listed(ids: readonly string[], word: string): string {
  return ids.length === 0 ? `none ${word}` : `${ids.length} ${word} (${ids.join(', ')})`;
}
