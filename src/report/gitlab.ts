import { escapeControls } from './escape.js';
import { detailsOf, outcomeOf, type Outcome } from './outcome.js';
import type { CheckReport, Report } from './types.js';

const SEVERITIES: Partial<Record<Outcome, 'critical' | 'major' | 'minor'>> = {
  broken: 'critical',
  unproved: 'major',
  noted: 'minor',
};

/** What GitLab has to be given as a place where there is none: the file of the job that found it. */
const NO_PLACE = { path: '.gitlab-ci.yml', lines: { begin: 1 } };

/** GitLab's code quality report: an issue for each check that is not kept, and for each budget that is broken. */
export function renderGitlab(report: Report): string {
  const issues = report.checks.flatMap((check) => {
    const severity = SEVERITIES[outcomeOf(check)];
    return severity === undefined ? [] : [issue(check, severity)];
  });
  const budgets = report.budgets
    .filter(({ status }) => status !== 'pass')
    .map(({ budget, status, measuredMs }) => ({
      description: `budget ${budget}: ${measuredMs === null ? 'not measured' : `${Math.round(measuredMs)} ms`}`,
      check_name: 'budget',
      // Any text that is the same for the same problem, from one pipeline to the next.
      fingerprint: `drain-check/budget/${budget}`,
      severity: status === 'fail' ? 'critical' : 'major',
      location: NO_PLACE,
    }));
  return `${JSON.stringify([...issues, ...budgets], null, 2)}\n`;
}

function issue(check: CheckReport, severity: string): Record<string, unknown> {
  const { location } = check;
  const details = detailsOf(check).map(([label, text]) => `${label}: ${escapeControls(text)}`);
  return {
    description: [check.title, ...details].join('; '),
    check_name: check.id,
    fingerprint: [
      'drain-check',
      check.id,
      ...(location === null ? [] : [escapeControls(location.file), location.line]),
    ].join('/'),
    severity,
    location: location === null ? NO_PLACE : { path: escapeControls(location.file), lines: { begin: location.line } },
  };
}
