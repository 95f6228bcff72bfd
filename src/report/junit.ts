import { CHECKLIST } from './checklist.js';
import { gateWords } from './gate-words.js';
import { detailsOf, excuseOf, outcomeOf } from './outcome.js';
import type { BudgetReport, CheckReport, Report } from './types.js';
import { attributes, escapeMarkup } from './xml.js';

interface Case {
  name: string;
  classname: string;
  result: 'passed' | 'failure' | 'error' | 'skipped';
  /** One line, for the overview. */
  message: string;
  detail: string;
}

/**
 * JUnit's XML, in the form of Ant's schema, which every reader takes: a suite for each item of the checklist, a case for
 * each check in the order of the catalogue. A broken promise is a failure, what could not be judged an error.
 */
export function renderJunit(report: Report): string {
  const suites = CHECKLIST.map(({ number, item }) => ({
    name: `${number} ${item}`,
    cases: report.checks.filter((check) => check.item === number).map(caseOf),
  })).filter(({ cases }) => cases.length > 0);
  if (report.budgets.length > 0) suites.push({ name: 'Budgets', cases: report.budgets.map(budgetCase) });
  const seconds = report.scenarios.reduce((sum, scenario) => sum + (scenario.exit?.afterMs ?? 0), 0) / 1000;
  // The whole time stands with the first suite, since deaths belong to no single item.
  const drawn = suites.map(({ name, cases }, id) => suite(report, name, cases, id, id === 0 ? seconds : 0));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${drawn.join('')}</testsuites>\n`;
}

function caseOf(check: CheckReport): Case {
  const result = (
    {
      kept: 'passed',
      noted: 'passed',
      broken: 'failure',
      unproved: 'error',
      skipped: 'skipped',
      excused: 'skipped',
    } as const
  )[outcomeOf(check)];
  const excused = outcomeOf(check) === 'excused' ? `${excuseOf(check)}: ` : '';
  return {
    name: `${check.id}: ${check.title}`,
    classname: `drain-check.${check.id}`,
    result,
    message: `${excused}${check.title}${check.observed === null ? '' : `: ${check.observed}`}`,
    detail: detailsOf(check)
      .map(([label, text]) => `${label}: ${text}`)
      .join('\n'),
  };
}

function budgetCase({ budget, status, because, measuredMs }: BudgetReport): Case {
  const result = ({ pass: 'passed', fail: 'failure', inconclusive: 'error' } as const)[status];
  const measured = measuredMs === null ? 'not measured' : `${Math.round(measuredMs)} ms`;
  const detail = because === null ? measured : `${measured}, ${because}`;
  return { name: budget, classname: 'drain-check.budget', result, message: `${budget}: ${detail}`, detail };
}

function suite(report: Report, name: string, cases: readonly Case[], id: number, seconds: number): string {
  const count = (result: Case['result']) => cases.filter((one) => one.result === result).length;
  const head = attributes({
    id,
    name,
    package: 'drain-check',
    timestamp: timestamp(report.startedAt),
    // The schema's own word for a host that is not told; a report tells nothing of the machine.
    hostname: 'localhost',
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds.toFixed(3),
  });
  const properties = {
    verdict: report.verdict,
    target: report.target.command,
    profile: report.profile,
    'tool-version': report.tool.version,
    ...(report.complete ? {} : { complete: 'no: the recording was cut off; what is whole was judged' }),
  };
  const rows = Object.entries(properties).map(
    ([key, value]) => `      <property${attributes({ name: key, value })}/>\n`,
  );
  const out = id === 0 ? gateWords(report).map(escapeMarkup).join('\n') : '';
  return `  <testsuite${head}>\n    <properties>\n${rows.join('')}    </properties>\n${cases.map(drawCase).join('')}    <system-out>${out}</system-out>\n    <system-err/>\n  </testsuite>\n`;
}

/** ISO 8601 without a zone, as the schema has it: UTC. */
function timestamp(startedAt: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.exec(startedAt)?.[0] ?? '1970-01-01T00:00:00';
}

function drawCase({ name, classname, result, message, detail }: Case): string {
  const head = `    <testcase${attributes({ name, classname, time: '0' })}`;
  switch (result) {
    case 'passed':
      return `${head}/>\n`;
    case 'skipped':
      return `${head}>\n      <skipped${attributes({ message: detail === '' ? message : firstLine(message, detail) })}/>\n    </testcase>\n`;
    case 'failure':
    case 'error': {
      const text = detail.split('\n').map(escapeMarkup).join('\n');
      const type = result === 'failure' ? 'broken' : 'inconclusive';
      return `${head}>\n      <${result}${attributes({ message, type })}>${text}</${result}>\n    </testcase>\n`;
    }
  }
}

function firstLine(message: string, detail: string): string {
  return `${message}; ${detail.split('\n')[0] ?? ''}`;
}
