import { readFileSync } from 'node:fs';
import { CHECKS } from '../../checks/index.js';
import type { Check } from '../../checks/check.js';
import { DrainCheckError } from '../../errors.js';
import { suggest } from '../../plan/suggest.js';
import { writtenPart } from '../../report/check-page.js';
import { CHECKLIST } from '../../report/checklist.js';
import type { Style } from '../../report/terminal/style.js';
import { clip, pad, wrap } from '../../report/terminal/text.js';
import { PACKAGE_ROOT } from '../package-info.js';

/** The catalogue, under the items of the checklist. */
export function listChecks(style: Style): string {
  const width = Math.max(...CHECKS.map((check) => check.id.length)) + 2;
  const lines = CHECKLIST.flatMap(({ number, item }) => {
    const own = CHECKS.filter((check) => check.item === number);
    const rows = own.map(
      (check) =>
        `   ${pad(check.id, width)}${pad(check.level('kubernetes'), 8)}${style.dim(clip(check.kept, style.width - width - 11))}`,
    );
    return [style.bold(`${number}  ${item}`), ...(rows.length > 0 ? rows : [style.dim('   no check yet')])];
  });
  return `${lines.join('\n')}\n\ndrain-check explain <check> tells more. Levels are those of the profile kubernetes.\n`;
}

/**
 * One check: why it matters, how it is judged, and its cure, from its page.
 * @throws DrainCheckError `usage` when there is no such check
 */
export function explainCheck(id: string, style: Style): string {
  const check = CHECKS.find((one) => one.id === id);
  if (check === undefined) {
    const near = suggest(
      id,
      CHECKS.map((one) => one.id),
    );
    throw new DrainCheckError(
      'usage',
      `There is no check called ${JSON.stringify(id.slice(0, 100))}.`,
      near === null ? 'drain-check checks lists them.' : `Did you mean ${near}? drain-check checks lists them all.`,
    );
  }
  return `${style.bold(check.id)}\n\n${summary(check, style)}\n\n${pageBody(check.id)}`;
}

function summary(check: Check, style: Style): string {
  const rows = [
    ['kept', check.kept],
    ['broken', check.broken],
    [
      'level',
      `${check.level('kubernetes')} (kubernetes), ${check.level('load-balancer')} (load-balancer), ${check.level('standalone')} (standalone, docker)`,
    ],
    ['cure', check.cure],
  ];
  return rows
    .flatMap(([label = '', text = '']) =>
      wrap(text, style.width - 10).map((line, i) => `${style.dim(pad(i === 0 ? label : '', 10))}${line}`),
    )
    .join('\n');
}

/** The page without the part that was generated from the check, which stands above already. */
function pageBody(id: string): string {
  return writtenPart(readFileSync(new URL(`docs/checks/${id}.md`, PACKAGE_ROOT), 'utf8'));
}
