import type { Budget } from '../plan/gate.js';
import type { ScenarioId } from '../plan/types.js';
import { percentile, samplesOf } from './spread.js';
import type { BudgetReport, Report } from './types.js';

const PERCENTS: Record<Budget['statistic'], number> = { p50: 50, p95: 95, max: 100 };

/** Holds budgets against the trials. A time that is missing in a trial proves nothing, unless the others alone are over the limit. */
export function judgeBudgets(budgets: readonly Budget[], reports: readonly Report[]): BudgetReport[] {
  return budgets.map((budget) => judgeBudget(budget, reports));
}

function judgeBudget(budget: Budget, reports: readonly Report[]): BudgetReport {
  const { text, metric, statistic, limitMs } = budget;
  const scenario = budget.scenario ?? everyDay(reports);
  const samples = samplesOf(reports, scenario, metric);
  const missing = samples.filter((sample) => sample === null).length;
  const value = percentile(samples, PERCENTS[statistic]);
  const measuredMs = typeof value === 'number' ? value : null;
  const result = (status: BudgetReport['status'], because: string | null): BudgetReport => ({
    budget: text,
    limitMs,
    measuredMs,
    status,
    because,
  });
  const killed = samples.filter((sample) => sample === 'killed').length;
  const count = reports.length;
  const atBest = percentile(
    samples.map((sample) => sample ?? 0),
    PERCENTS[statistic],
  );
  const beyond = atBest === 'killed' || (atBest !== null && atBest >= limitMs);
  if (missing > 0 && !beyond)
    return result(
      'inconclusive',
      `${scenario} has no ${metric === 'exit' ? 'time to exit' : 'failing readiness'} in ${missing} of ${count} ${count === 1 ? 'trial' : 'trials'}`,
    );
  if (value === 'killed')
    return result('fail', `it was killed in ${killed} of ${count} ${count === 1 ? 'trial' : 'trials'}`);
  return result(measuredMs !== null && measuredMs < limitMs ? 'pass' : 'fail', null);
}

/** The death of every day: `drain`, or for what has one life the one in which it lies. */
function everyDay(reports: readonly Report[]): ScenarioId {
  const played = reports.flatMap((report) =>
    report.scenarios.filter((one) => one.status !== 'skipped').map((one) => one.id),
  );
  return played.includes('drain') || !played.includes('together') ? 'drain' : 'together';
}
