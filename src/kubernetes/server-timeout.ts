import type { Position, ServerManifest } from '../plan/manifest.js';

type Environment = Readonly<Record<string, string>>;

/** A server whose drain is bounded by a setting of its own. */
interface Known {
  name: string;
  /** How it is started. */
  program: RegExp;
  /** The option with the seconds after it. */
  option: string;
  /** The variable that sets it, where there is one. */
  variable: string | null;
  /** What bounds the drain without it. Milliseconds; null: nothing. */
  defaultMs: number | null;
  byDefault: string;
  /** An option that names a file in which it may be set. */
  config: RegExp | null;
  /** A file that is read unasked. */
  file: string | null;
}

/** Whether a variable may have a value that is not in the manifest. */
export type Unseen = (variable: string) => boolean;

const SERVERS: readonly Known[] = [
  {
    // gunicorn with uvicorn's workers takes gunicorn's setting, so it comes first.
    name: 'gunicorn',
    program: /(?:^|\/)gunicorn$/,
    option: '--graceful-timeout',
    variable: null,
    defaultMs: 30_000,
    byDefault: 'its default of 30 s holds',
    config: /^(-c|--config)(=|$)/,
    file: 'gunicorn.conf.py beside the application',
  },
  {
    name: 'uvicorn',
    program: /(?:^|\/)uvicorn$/,
    option: '--timeout-graceful-shutdown',
    variable: 'UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN',
    defaultMs: null,
    byDefault: 'without it uvicorn waits for its clients without an end',
    config: null,
    file: null,
  },
  {
    name: 'hypercorn',
    program: /(?:^|\/)hypercorn$/,
    option: '--graceful-timeout',
    variable: null,
    defaultMs: 3000,
    byDefault: 'its default of 3 s holds',
    config: /^(-c|--config)(=|$)/,
    file: null,
  },
];

/**
 * The server that a command starts, where it is one that bounds its own drain.
 * @param command with its arguments; a shell's script is taken apart
 * @param unseen tells variables that come from a ConfigMap or a Secret
 */
export function serverOf(
  command: readonly string[],
  env: Environment,
  at: Position,
  unseen: Unseen,
): ServerManifest | null {
  const words = command.flatMap((word) => word.split(/\s+/)).map((word) => word.replace(/^["']|["';]$/g, ''));
  for (const known of SERVERS) {
    const started = words.some((word, i) => known.program.test(word) && !isOption(words[i - 1] ?? ''));
    if (started || (words.includes('-m') && words[words.indexOf('-m') + 1] === known.name))
      return knownServer(known, words, env, at, unseen);
  }
  return spring(words, env, at);
}

/** Whether the word after this one is its value, and no program. */
function isOption(word: string): boolean {
  return /^-{1,2}[a-z]/.test(word) && word !== '-c' && word !== '-m';
}

function knownServer(
  known: Known,
  words: readonly string[],
  env: Environment,
  at: Position,
  unseen: Unseen,
): ServerManifest {
  // gunicorn takes arguments from a variable as well.
  const variables = [known.variable, known.name === 'gunicorn' ? 'GUNICORN_CMD_ARGS' : null].filter(
    (one) => one !== null,
  );
  const extra = known.name === 'gunicorn' ? (env['GUNICORN_CMD_ARGS'] ?? '').split(/\s+/) : [];
  const all = [...extra, ...words];
  const given = valueOf(all, known.option) ?? (known.variable === null ? null : (env[known.variable] ?? null));
  const seconds = given !== null && /^\d+(\.\d+)?$/.test(given) ? Number(given) : null;
  const config = known.config === null ? undefined : all.find((word) => known.config?.test(word));
  return {
    name: known.name,
    option: `${known.option} <seconds>`,
    timeoutMs: seconds === null ? null : seconds * 1000,
    byDefault: known.byDefault,
    elsewhere:
      seconds !== null || (config === undefined && given === null)
        ? null
        : given === null
          ? 'its configuration file'
          : `the value ${given.slice(0, 50)}`,
    doubt:
      seconds === null
        ? (known.file ?? (variables.some(unseen) ? 'a variable whose value is not in the manifest' : null))
        : null,
    at,
  };
}

function valueOf(words: readonly string[], option: string): string | null {
  const at = words.findLastIndex((word) => word === option || word.startsWith(`${option}=`));
  const word = words[at];
  if (word === undefined) return null;
  return word === option ? (words[at + 1] ?? null) : word.slice(option.length + 1);
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, '': 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Spring Boot, where the manifest shows that it is: by a property, or a variable that sets one. */
function spring(words: readonly string[], env: Environment, at: Position): ServerManifest | null {
  const property = (name: string) => {
    const word = words.findLast((one) => one.startsWith(`--${name}=`) || one.startsWith(`-D${name}=`));
    return word?.slice(word.indexOf('=') + 1) ?? env[name.toUpperCase().replaceAll('.', '_').replaceAll('-', '')];
  };
  const shutdown = property('server.shutdown');
  const phase = property('spring.lifecycle.timeout-per-shutdown-phase');
  const seen =
    shutdown !== undefined ||
    phase !== undefined ||
    Object.keys(env).some((name) => name.startsWith('SPRING_')) ||
    words.some((word) => /^(--|-D)spring\./.test(word));
  if (!seen) return null;
  const immediate = shutdown?.toLowerCase() === 'immediate';
  const [, amount, unit = ''] = /^(\d+)\s*(ms|s|m|h)?$/.exec(phase ?? (shutdown === undefined ? '' : '30s')) ?? [];
  return {
    name: 'Spring Boot',
    option: immediate
      ? 'server.shutdown=graceful'
      : 'spring.lifecycle.timeout-per-shutdown-phase=<seconds>s with server.shutdown=graceful',
    timeoutMs: immediate || amount === undefined ? null : Number(amount) * (UNITS[unit] ?? 1),
    byDefault: immediate ? 'server.shutdown=immediate cuts what is in flight' : 'its default of 30 s holds for a phase',
    elsewhere: immediate || amount !== undefined ? null : 'its application.properties',
    doubt: immediate || phase !== undefined ? null : 'its application.properties',
    at,
  };
}
