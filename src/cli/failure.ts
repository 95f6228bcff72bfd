import { DrainCheckError, shortageOf } from '../errors.js';
import type { Problem } from '../plan/resolve.js';
import { escapeControls } from '../report/escape.js';
import type { Style } from '../report/terminal/style.js';
import { wrap } from '../report/terminal/text.js';

/** Wrong options, all of them, each with its value and what to do. */
export function describeProblems(problems: readonly Problem[], style: Style): string {
  const lines = problems.flatMap(({ option, value, problem }) => {
    const shown = value === '' ? '' : ` ${JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)}`;
    const [first = '', ...rest] = wrap(escapeControls(`${option}${shown} ${problem}.`), style.width - 4);
    return [`  ${first}`, ...rest.map((line) => `    ${line}`)];
  });
  const count = problems.length === 1 ? 'An option cannot be used:' : `${problems.length} options cannot be used:`;
  return `${style.red('drain-check:')} ${count}\n${lines.join('\n')}\nSee drain-check --help.\n`;
}

/** One paragraph: what happened, and what to do; the target's last output indented under it. */
export function describeError(reason: unknown, style: Style, verbose: boolean): string {
  const error = shortageOf(reason) ?? reason;
  if (!(error instanceof DrainCheckError)) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return `${style.red('drain-check:')} This is a fault of drain-check itself, not a verdict on the target. Please report it with what follows.\n${indent(stack)}\n`;
  }
  const text = wrap(escapeControls(`${error.message} ${error.hint}`), style.width - 13).join('\n             ');
  const output = error.output === '' ? '' : `\n${style.dim('  its last output:')}\n${indent(error.output)}`;
  const cause = verbose && error.cause instanceof Error ? `\n${indent(error.cause.stack ?? error.cause.message)}` : '';
  return `${style.red('drain-check:')} ${text}${output}${cause}\n`;
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `    ${escapeControls(line)}`)
    .join('\n');
}
