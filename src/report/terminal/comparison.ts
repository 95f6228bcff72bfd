import { formatDuration } from '../../plan/durations.js';
import type { Change, ComparedCheck, ComparedTime, Comparison } from '../compare.js';
import { escapeControls } from '../escape.js';
import { mark } from './marks.js';
import type { Style } from './style.js';
import { pad, wrap } from './text.js';

const HEADINGS: readonly [Change, string][] = [
  ['worse', 'Worse'],
  ['better', 'Better'],
  ['unchecked', 'Judged in one of them only'],
];

/** Two reports side by side for a person: what got worse, what got better, and the times. */
export function renderComparison(comparison: Comparison, names: readonly [string, string], style: Style): string {
  const { checks, times } = comparison;
  const [before, after] = names.map(escapeControls);
  const count = (change: Change) => checks.filter((check) => check.change === change).length;
  const sections = HEADINGS.flatMap(([change, heading]) => {
    const own = checks.filter((check) => check.change === change);
    return own.length === 0 ? [] : [style.bold(heading), ...own.flatMap((check) => drawCheck(check, style)), ''];
  });
  const verdict = count('worse') > 0 ? style.red('WORSE') : count('better') > 0 ? style.green('BETTER') : 'SAME';
  return `${[
    ...wrap(`before  ${before ?? ''}`, style.width),
    ...wrap(`after   ${after ?? ''}`, style.width),
    '',
    ...sections,
    ...drawTimes(times, style),
    `${style.bold(verdict)}   ${count('worse')} worse, ${count('better')} better, ${count('same')} the same`,
  ].join('\n')}\n`;
}

function drawCheck({ id, title, before, after, observed }: ComparedCheck, style: Style): string[] {
  const was = before === null ? 'not there' : before;
  const is = after === null ? 'not there' : after;
  const words = [`${was} -> ${is}`, ...(observed === null ? [] : [observed]), `drain-check explain ${id}`];
  return [
    `   ${mark(after ?? 'skip', style)} ${escapeControls(title)}`,
    ...words.flatMap((text) => wrap(escapeControls(text), style.width - 7).map((line) => `       ${style.dim(line)}`)),
  ];
}

function drawTimes(times: readonly ComparedTime[], style: Style): string[] {
  const rows = times
    .filter(({ beforeMs, afterMs }) => beforeMs !== null || afterMs !== null)
    .map(({ scenario, metric, beforeMs, afterMs }) => {
      const what = metric === 'exit' ? 'time to exit' : 'readiness failing';
      const [was, is] = [beforeMs, afterMs].map((ms) => (ms === null ? '-' : formatDuration(ms)));
      return `   ${pad(scenario, 16)}${pad(what, 20)}${pad(was ?? '', 12)}-> ${is ?? ''}`;
    });
  return rows.length === 0 ? [] : [style.bold('Times'), ...rows, ''];
}
