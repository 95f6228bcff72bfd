import { trialWords } from './gate-words.js';
import type { CheckReport } from './types.js';

/**
 * What a check comes to in a format that knows only these five. broken: it counts against the run. unproved: it could
 * not be judged. excused: it would count, had nobody agreed that it does not.
 */
export type Outcome = 'kept' | 'noted' | 'broken' | 'unproved' | 'skipped' | 'excused';

/** The outcome of a check. Trials that do not agree are broken if one was, else unproved: never kept. */
export function outcomeOf(check: CheckReport): Outcome {
  const { status, trials } = check;
  const bad = status === 'fail' || status === 'inconclusive' || status === 'flaky';
  if (bad && (check.ignored || check.known)) return 'excused';
  switch (status) {
    case 'pass':
      return 'kept';
    case 'warn':
      return 'noted';
    case 'skip':
      return 'skipped';
    case 'fail':
      return 'broken';
    case 'inconclusive':
      return 'unproved';
    case 'flaky':
      return trials !== null && trials.fail > 0 ? 'broken' : 'unproved';
  }
}

/** Why an excused check is: `ignored`, or `known from the baseline`. */
export function excuseOf({ ignored }: CheckReport): string {
  return ignored ? 'ignored' : 'known from the baseline';
}

/** What there is to say about a check beside its title, as label and text, in the order in which it is read. */
export function detailsOf(check: CheckReport): [label: string, text: string][] {
  const rows: [string, string | null][] = [
    ['trials', check.status === 'flaky' ? trialWords(check) : null],
    ['expected', check.expected],
    ...observedRows(check),
    ['because', check.because],
    // What has findings has told their places.
    ['where', check.location === null || check.findings !== undefined ? null : placeOf(check.location)],
    ['cure', check.fix],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

/** `deploy.yaml:12:7`, as editors take it. */
export function placeOf({ file, line, column }: NonNullable<CheckReport['location']>): string {
  return `${file === '-' ? '<stdin>' : file}:${line}:${column}`;
}

/** At most so many places of a manifest are shown. */
const MOST_FINDINGS = 10;

/** What was found in a manifest has a line for each place. */
function observedRows({ findings = [], observed }: CheckReport): [string, string | null][] {
  if (findings.length === 0) return [['observed', observed]];
  const more = findings.length - MOST_FINDINGS;
  return [
    ...findings
      .slice(0, MOST_FINDINGS)
      .map(({ file, line, column, text }, i): [string, string] => [
        i === 0 ? 'observed' : '',
        `${placeOf({ file, line, column })} ${text}`,
      ]),
    ...(more > 0 ? [['', `and ${more} more`] satisfies [string, string]] : []),
  ];
}
