import { escapeControls } from './escape.js';
import { gateWords } from './gate-words.js';
import { detailsOf, excuseOf, outcomeOf } from './outcome.js';
import type { CheckReport, Report } from './types.js';

/** The Test Anything Protocol, version 14 (testanything.org): a test point for each check and each budget. */
export function renderTap(report: Report): string {
  const points = [
    ...report.checks.map((check, i) => point(check, i + 1)),
    ...report.budgets.map(({ budget, status, because, measuredMs }, i) => {
      const words = [measuredMs === null ? 'not measured' : `${Math.round(measuredMs)} ms`, because ?? ''];
      const diagnosis = block([['measured', words.filter((word) => word !== '').join(', ')]]);
      return `${status === 'pass' ? 'ok' : 'not ok'} ${report.checks.length + i + 1} - ${description(`budget ${budget}`)}\n${diagnosis}`;
    }),
  ];
  const comments = [
    `drain-check ${report.tool.version}: ${report.target.command}`,
    `verdict ${report.verdict}, profile ${report.profile}`,
    ...(report.complete ? [] : ['the recording was cut off; what is whole was judged']),
    ...gateWords(report),
  ].map((words) => `# ${escapeControls(words)}\n`);
  return `TAP version 14\n1..${points.length}\n${comments.join('')}${points.join('')}`;
}

function point(check: CheckReport, number: number): string {
  const outcome = outcomeOf(check);
  const ok = outcome === 'kept' || outcome === 'noted' || outcome === 'skipped';
  const directive =
    outcome === 'skipped'
      ? ` # SKIP ${description(check.because ?? 'not checked')}`
      : outcome === 'excused'
        ? ` # TODO ${excuseOf(check)}`
        : '';
  const line = `${ok ? 'ok' : 'not ok'} ${number} - ${description(`${check.id}: ${check.title}`)}${directive}\n`;
  const details: [string, string][] = [
    ['status', check.status],
    ['level', check.level],
    ...(check.scenario === null ? [] : [['scenario', check.scenario] as [string, string]]),
    ...detailsOf(check),
  ];
  return outcome === 'skipped' ? line : line + block(details);
}

/** What stands in a test line: `#` would begin a directive. */
function description(text: string): string {
  return escapeControls(text).replace(/[\\#]/g, '\\$&');
}

/** A YAML block. A string of JSON is one of YAML too, whatever it holds. */
function block(details: readonly (readonly [string, string])[]): string {
  const rows = details.map(([label, text]) => `  ${label}: ${JSON.stringify(escapeControls(text))}\n`);
  return rows.length === 0 ? '' : `  ---\n${rows.join('')}  ...\n`;
}
