import { escapeControls } from './escape.js';
import { gateWords } from './gate-words.js';
import { detailsOf, outcomeOf, type Outcome } from './outcome.js';
import type { CheckReport, Report } from './types.js';

const COMMANDS: Partial<Record<Outcome, string>> = { broken: 'error', unproved: 'error', noted: 'warning' };

/**
 * Annotations, one for each check that is not kept, as workflow commands: GitHub reads them from the log of a job and
 * shows them beside the run, and in the file where a finding has a place in one.
 */
export function renderGithub(report: Report): string {
  const annotations = report.checks.flatMap((check) => {
    const command = COMMANDS[outcomeOf(check)];
    return command === undefined ? [] : [annotation(command, check)];
  });
  const budgets = report.budgets
    .filter((budget) => budget.status !== 'pass')
    .map(({ budget, because, measuredMs }) => {
      const measured = measuredMs === null ? 'not measured' : `${Math.round(measuredMs)} ms`;
      return `::error title=${property(`drain-check: budget ${budget}`)}::${data([measured, because ?? ''].filter((word) => word !== '').join(', '))}`;
    });
  const words = [
    `drain-check: ${report.verdict}, ${report.target.command}`,
    ...(report.complete ? [] : ['the recording was cut off; what is whole was judged']),
    ...gateWords(report),
  ];
  return `${[...annotations, ...budgets, `::notice title=drain-check::${data(words.join('; '))}`].join('\n')}\n`;
}

function annotation(command: string, check: CheckReport): string {
  const { location } = check;
  const place =
    location === null ? '' : `file=${property(location.file)},line=${location.line},col=${location.column},`;
  const lines = [
    ...detailsOf(check).map(([label, text]) => `${label}: ${escapeControls(text)}`),
    `drain-check explain ${check.id}`,
  ];
  // The one control character that may stay is the line break of ours.
  return `::${command} ${place}title=${property(`drain-check: ${check.title}`)}::${lines.map(data).join('%0A')}`;
}

/** What GitHub's runner takes back out of a message: percent signs and line ends. */
function data(text: string): string {
  return escapeControls(text).replace(/%/g, '%25');
}

/** In a property, what separates properties as well. */
function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}
