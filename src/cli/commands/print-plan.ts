import { OPTIONS, type RawOptions } from '../../plan/options.js';
import { redactPlan, redactText } from '../../plan/redact.js';
import type { Plan } from '../../plan/types.js';
import { escapeControls } from '../../report/escape.js';
import type { Style } from '../../report/terminal/style.js';
import { pad, wrap } from '../../report/terminal/text.js';
import type { Settings } from '../settings.js';

/** Options whose value may be a secret, and what of it may be shown. */
const SECRET: Readonly<Record<string, RegExp>> = {
  env: /^[^=]*=/,
  header: /^[^:]*:/,
  body: /^/,
  'websocket-message': /^/,
  grpc: /^\S*/,
};

/** The resolved plan, and for each value where it came from; as JSON, or for a person. Secrets are hidden. */
export function describePlan(settings: Settings, plan: Plan, json: boolean, style: Style): string {
  const shown = redactPlan(plan);
  const options = OPTIONS.flatMap(({ name }) => {
    const values = shownValues(name, settings.raw);
    return values === null ? [] : [{ name, values, from: settings.sources[name] ?? 'default' }];
  });
  if (json) {
    const command = settings.command.map(redactText);
    return `${JSON.stringify({ config: settings.config, command, commandFrom: settings.commandSource, options, plan: shown }, null, 2)}\n`;
  }
  const width = Math.max(...options.map(({ name }) => name.length)) + 2;
  const fromWidth = Math.max(7, ...options.map(({ from }) => from.length), settings.commandSource?.length ?? 0);
  const valueWidth = Math.max(20, style.width - width - fromWidth - 2);
  const row = (name: string, value: string, from: string) =>
    wrap(escapeControls(value), valueWidth).map((line, i) =>
      `${pad(i === 0 ? name : '', width)}${pad(line, valueWidth + 2)}${i === 0 ? style.dim(escapeControls(from)) : ''}`.trimEnd(),
    );
  const rest = (name: string, ids: readonly string[]) =>
    wrap(ids.join(', '), style.width - width).map((line, i) => `${pad(i === 0 ? name : '', width)}${line}`);
  const lines = [
    ...(settings.config === null ? [] : row('config', settings.config, '')),
    ...(settings.command.length === 0
      ? []
      : row('command', settings.command.map(redactText).join(' '), settings.commandSource ?? '')),
    ...options.flatMap(({ name, values, from }) => row(name, values.join(', '), from)),
    '',
    ...rest('scenarios', plan.scenarios),
    ...rest('checks', plan.checks),
  ];
  return `${lines.join('\n')}\n`;
}

function shownValues(name: string, raw: RawOptions): string[] | null {
  const values = raw[name];
  if (values === undefined) return null;
  const secret = SECRET[name];
  if (secret === undefined) return values.map(redactText);
  return values.map((value) => `${secret.exec(value)?.[0] ?? ''}[redacted]`);
}
