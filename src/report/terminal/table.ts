import Table from 'cli-table3';
import type { ExchangeKind } from '../../recording/events.js';
import { kindLabel } from '../timeline.js';
import type { EndingCounts, ScenarioReport } from '../types.js';
import type { Style } from './style.js';

const COLUMNS: readonly { name: keyof EndingCounts; head: string; bad: boolean }[] = [
  { name: 'total', head: 'total', bad: false },
  { name: 'answered', head: 'answered', bad: false },
  { name: 'rejected', head: '503', bad: false },
  { name: 'refused', head: 'refused', bad: false },
  { name: 'short', head: 'short', bad: true },
  { name: 'closed', head: 'closed', bad: true },
  { name: 'reset', head: 'reset', bad: true },
  { name: 'timedOut', head: 'silent', bad: true },
  { name: 'endedByTester', head: 'tester', bad: false },
];

const NO_BORDER = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
    'middle',
  ].map((name) => [name, '']),
);

const LABEL_WIDTH = 22;

function tableWidth(columns: typeof COLUMNS): number {
  return columns.reduce((width, column) => width + 2 + column.head.length, LABEL_WIDTH);
}

/** A scenario's exchanges by ending; columns without any are left out. */
export function drawTable(scenario: ScenarioReport, style: Style): string[] {
  const rows = Object.entries(scenario.exchanges) as [ExchangeKind, EndingCounts][];
  if (rows.length === 0) return [];
  const used = COLUMNS.filter((column) => rows.some(([, counts]) => counts[column.name] > 0));
  // The total can be worked out; it goes first where there is no room for all.
  const columns = tableWidth(used) <= style.width ? used : used.filter((column) => column.name !== 'total');
  const table = new Table({
    chars: NO_BORDER,
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
    head: [style.dim('exchanges'), ...columns.map((column) => style.dim(column.head))],
    colAligns: ['left', ...columns.map(() => 'right' as const)],
  });
  for (const [kind, counts] of rows) {
    const cells = columns.map(({ name, bad }) =>
      counts[name] === 0 ? style.dim('.') : bad ? style.red(String(counts[name])) : String(counts[name]),
    );
    table.push([kindLabel(kind), ...cells]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line.trimEnd()}`);
}
