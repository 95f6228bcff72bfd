import { compareReports, isBad } from './compare.js';
import type { Report } from './types.js';

/**
 * Marks what was as bad in an earlier report as known, so that it does not count against this one. The verdict is left
 * for whoever weighs the checks.
 */
export function withBaseline(report: Report, baseline: Report): Report {
  const { checks } = compareReports(baseline, report);
  const having = (change: string) => checks.filter((check) => check.change === change).map((check) => check.id);
  const worse = having('worse');
  const known = report.checks.filter((check) => isBad(check.status) && !worse.includes(check.id)).map(({ id }) => id);
  return {
    ...report,
    checks: report.checks.map((check) => ({ ...check, known: known.includes(check.id) })),
    baseline: { startedAt: baseline.startedAt, known, worse, better: having('better') },
  };
}
