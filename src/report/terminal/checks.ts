import type { CheckReport, ChecklistEntry, Report } from '../types.js';
import { escapeControls } from '../escape.js';
import { detailsOf } from '../outcome.js';
import { mark, paint } from './marks.js';
import type { Style } from './style.js';
import { pad, widthOf, wrap } from './text.js';

const INDENT = 3;
/** Wider than this the two ends of a line are too far apart to be read together. */
const MOST_WIDTH = 100;
const LABEL_WIDTH = 10;

/** The checklist with its checks: always whole, in its own order. */
export function drawChecklist(report: Report, style: Style, verbose: boolean): string[] {
  return report.checklist.flatMap((entry) => {
    const checks = report.checks.filter((check) => entry.checks.includes(check.id));
    return [style.bold(`${entry.number}  ${entry.item}`), ...drawEntry(entry, checks, style, verbose)];
  });
}

function drawEntry(entry: ChecklistEntry, checks: readonly CheckReport[], style: Style, verbose: boolean): string[] {
  if (checks.length === 0)
    return hanging(`   ${mark('skip', style)} `, entry.because ?? 'not checked', style, style.dim);
  const lines = foldSkipped(checks).flatMap(([check, ...others]) =>
    others.length === 0 ? drawCheck(check, style, verbose) : drawSkipped([check, ...others], style),
  );
  return entry.because === null
    ? lines
    : [...lines, ...hanging(`   ${mark('skip', style)} `, entry.because, style, style.dim)];
}

type Group = [CheckReport, ...CheckReport[]];

/** Checks that were left out for one and the same reason, at least so many of them, are told of together. */
const FOLD_FROM = 3;

function foldSkipped(checks: readonly CheckReport[]): Group[] {
  const alike = (check: CheckReport) =>
    check.status !== 'skip'
      ? [check]
      : checks.filter((other) => other.status === 'skip' && reasonOf(other) === reasonOf(check));
  return checks.flatMap((check): Group[] => {
    const [first, ...others] = alike(check);
    if (first === undefined || others.length + 1 < FOLD_FROM) return [[check]];
    return first === check ? [[first, ...others]] : [];
  });
}

/** Why it was not checked, whatever the scenario that was left out for it is called. */
function reasonOf({ because }: CheckReport): string {
  return (because ?? '').replace(/^the scenario [\w-]+ was not played: /, '');
}

function drawSkipped(checks: Group, style: Style): string[] {
  const [first] = checks;
  const names = checks.map(({ title }) => title).join(', ');
  return hanging(`   ${mark('skip', style)} `, `${names}: not checked, ${reasonOf(first)}`, style, style.dim);
}

function drawCheck(check: CheckReport, style: Style, verbose: boolean): string[] {
  const head = `   ${mark(check.status, style)} `;
  const title = `${check.title}${check.ignored ? ' (ignored)' : check.known ? ' (known)' : ''}`;
  switch (check.status) {
    case 'pass':
      return [
        ...kept(head, title, check, style),
        ...(verbose && check.because !== null ? details([['note', check.because]], style) : []),
      ];
    case 'skip':
      return hanging(head, `${title}: not checked, ${check.because ?? ''}`, style, style.dim);
    case 'inconclusive':
      return hanging(
        head,
        `${title}: could not be proved, ${check.because ?? ''}`,
        style,
        paint('inconclusive', style),
      );
    case 'flaky':
    case 'warn':
    case 'fail':
      return [
        ...hanging(head, title, style, paint(check.status, style)),
        ...details(
          detailsOf(check).map(([label, text]) => [
            label,
            label === 'cure' ? `${text}; see drain-check explain ${check.id}` : text,
          ]),
          style,
        ),
      ];
  }
}

/**
 * A promise that was kept takes one line: its sentence, and what was seen, flush right so that the eye finds it. Where
 * there is no room for both, what was seen has a line of its own.
 */
function kept(head: string, title: string, check: CheckReport, style: Style): string[] {
  const width = Math.min(style.width, MOST_WIDTH) - INDENT - 2;
  const observed = escapeControls(check.observed ?? '');
  if (observed === '') return [`${head}${title}`];
  if (widthOf(title) + 2 + widthOf(observed) > width)
    return [...hanging(head, title, style, (text) => text), ...details([['observed', check.observed]], style)];
  return [`${head}${pad(title, width - widthOf(observed))}${style.dim(observed)}`];
}

function hanging(head: string, text: string, style: Style, colour: (text: string) => string): string[] {
  const [first = '', ...rest] = wrap(escapeControls(text), style.width - INDENT - 2);
  return [`${head}${colour(first)}`, ...rest.map((line) => `${' '.repeat(INDENT + 2)}${colour(line)}`)];
}

function details(rows: readonly (readonly [string, string | null])[], style: Style): string[] {
  const indent = ' '.repeat(INDENT + 4);
  const width = style.width - INDENT - 4 - LABEL_WIDTH;
  return rows.flatMap(([label, text]) => {
    if (text === null) return [];
    return wrap(escapeControls(text), width).map(
      (line, i) => `${indent}${style.dim(pad(i === 0 ? label : '', LABEL_WIDTH))}${line}`,
    );
  });
}
