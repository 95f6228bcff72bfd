import { Chalk, supportsColor, supportsColorStderr } from 'chalk';
import { PLAIN, type Style } from '../report/terminal/style.js';

/** What this program writes to. Tests hand in their own. */
export interface Streams {
  out: NodeJS.WriteStream;
  err: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
}

const LEAST_WIDTH = 60;
const MOST_WIDTH = 140;
const DEFAULT_WIDTH = 80;

/**
 * The style of one stream, decided once: `--color` and `--no-color`, then NO_COLOR and FORCE_COLOR, then whether it is
 * a terminal.
 */
export function styleOf(streams: Streams, which: 'out' | 'err', color: boolean | null): Style {
  const stream = streams[which];
  const width = Math.min(
    MOST_WIDTH,
    Math.max(LEAST_WIDTH, stream.columns || Number(streams.env['COLUMNS']) || DEFAULT_WIDTH),
  );
  const unicode = saysUtf8(streams.env);
  if (!wantsColor(streams, which, color)) return { ...PLAIN, unicode, width };
  const chalk = new Chalk({ level: 1 });
  return {
    bold: chalk.bold,
    dim: chalk.dim,
    red: chalk.red,
    green: chalk.green,
    yellow: chalk.yellow,
    cyan: chalk.cyan,
    unicode,
    width,
  };
}

function wantsColor({ env }: Streams, which: 'out' | 'err', color: boolean | null): boolean {
  if (color !== null) return color;
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return (which === 'out' ? supportsColor : supportsColorStderr) !== false;
}

/** A terminal without UTF-8 gets ASCII. Without any locale (CI, containers) UTF-8 is what logs are shown as. */
function saysUtf8(env: NodeJS.ProcessEnv): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  if (env['TERM'] === 'linux') return false;
  return locale === '' || /utf-?8/i.test(locale);
}

/** The environment that a target inherits. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  return process.env;
}
