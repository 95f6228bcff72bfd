import { DrainCheckError } from '../errors.js';
import { CHECKLIST } from './checklist.js';
import {
  REPORT_SCHEMA_VERSION,
  type CheckReport,
  type CheckStatus,
  type Report,
  type ScenarioReport,
} from './types.js';

const STATUSES: readonly CheckStatus[] = ['pass', 'warn', 'fail', 'skip', 'inconclusive', 'flaky'];

/**
 * Reads a report that `--report json` wrote, as far as two reports are compared. What versions before this one did not
 * write yet is filled in.
 * @param name how the file is called in messages
 * @throws DrainCheckError `report-unreadable`
 */
export function parseReport(content: string, name: string): Report {
  const value = parseJson(content, name);
  const version = field(value, 'schemaVersion');
  if (typeof version === 'number' && version > REPORT_SCHEMA_VERSION)
    throw unreadable(
      `${name} has report schema ${version}; this drain-check reads schema ${REPORT_SCHEMA_VERSION}.`,
      'Read it with the version that made it, or with a newer one.',
    );
  const checks = field(value, 'checks');
  const scenarios = field(value, 'scenarios');
  if (version !== REPORT_SCHEMA_VERSION || !Array.isArray(checks) || !Array.isArray(scenarios))
    throw unreadable(`${name} is not a report of drain-check.`);
  const wrong = checks.findIndex((check) => !isCheck(check));
  if (wrong >= 0) throw unreadable(`${name} is not a report of drain-check: check ${wrong + 1} of it is none.`);
  if (!scenarios.every(isScenario))
    throw unreadable(`${name} is not a report of drain-check: a scenario of it is none.`);
  const report = value as Report;
  return {
    ...report,
    startedAt: typeof report.startedAt === 'string' ? report.startedAt : 'unknown',
    checks: report.checks.map((check) => ({ ...ABSENT, ...check })),
  };
}

const ABSENT: Pick<CheckReport, 'known' | 'location' | 'trials'> = { known: false, location: null, trials: null };

function isCheck(value: unknown): value is CheckReport {
  const item = field(value, 'item');
  return (
    typeof field(value, 'id') === 'string' &&
    typeof field(value, 'title') === 'string' &&
    STATUSES.some((status) => status === field(value, 'status')) &&
    CHECKLIST.some(({ number }) => number === item) &&
    isTextOrNull(field(value, 'observed'))
  );
}

function isScenario(value: unknown): value is ScenarioReport {
  const exit = field(value, 'exit');
  const flipped = field(field(value, 'readiness'), 'flippedAfterMs');
  return (
    typeof field(value, 'id') === 'string' &&
    field(value, 'timeline') !== undefined &&
    (exit === null || typeof field(exit, 'afterMs') === 'number') &&
    (flipped === undefined || flipped === null || typeof field(flipped, 'to') === 'number')
  );
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function parseJson(content: string, name: string): unknown {
  try {
    return JSON.parse(content) as unknown;
  } catch (cause) {
    throw unreadable(`${name} is not JSON (the file may have been cut off).`, undefined, cause);
  }
}

function unreadable(
  message: string,
  hint = 'Give a file that --report json=<path> or --record <path> has written.',
  cause?: unknown,
): DrainCheckError {
  return new DrainCheckError('report-unreadable', message, hint, { cause });
}
