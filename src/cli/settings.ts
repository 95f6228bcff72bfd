import type { Configured } from '../config/options.js';
import { findConfig } from '../config/find.js';
import { layerOptions, layerWithSources, OPTIONS, type RawOptions, type Sources } from '../plan/options.js';
import type { Problem } from '../plan/resolve.js';
import { DrainCheckError } from '../errors.js';

/** The options of a run, from wherever they came. */
export interface Settings {
  raw: RawOptions;
  sources: Sources;
  command: string[];
  commandSource: string | null;
  /** The configuration file that was read, as it is shown; null: there is none. */
  config: string | null;
  problems: Problem[];
}

/** Options that say what the target is; one of them on the command line is instead of the file's. */
const KINDS = ['pid', 'url', 'docker', 'compose'];
/** Options that some kinds of target do not take: those of a file for another kind are left out. */
const OF_A_KIND = [
  'stop',
  'after-stop',
  'allow-host',
  'docker-run-arg',
  'engine',
  'socket',
  'port',
  'env',
  'as-pid1',
  'signal',
  'cwd',
];

/**
 * Lays flags over the environment over the nearest configuration file over the defaults.
 * @param command the target's command on the command line; empty: none
 * @throws DrainCheckError `config-unreadable`, or `usage` when it is not clear which file is meant
 */
export async function readSettings(
  flags: RawOptions,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  cwd: string,
): Promise<Settings> {
  const first = layerOptions(OPTIONS, flags, env);
  const file = configFile(first, cwd);
  const given = layerOptions(
    OPTIONS.map((spec) => ({ ...spec, default: null })),
    flags,
    env,
  );
  const configured = file === null ? null : await readConfigured(file, first['target-name']?.at(-1) ?? null, cwd);
  const targetName = given['target-name']?.at(-1);
  const problems = [...(configured?.problems ?? [])];
  if (configured === null && targetName !== undefined)
    problems.push({
      option: '--target-name',
      value: targetName,
      problem: 'needs a configuration file, and none was found',
    });
  const over = configured === null ? null : overruled(configured, given, command);
  const { raw, sources } = layerWithSources(OPTIONS, flags, env, over ?? { raw: {}, places: {} });
  const ownCommand = command.length > 0 ? null : (over?.command ?? null);
  // A command of a file is meant from where the file is.
  if (configured !== null && ownCommand !== null && raw['cwd'] === undefined && configured.directory !== cwd) {
    raw['cwd'] = [configured.directory];
    sources['cwd'] = over?.commandPlace ?? configured.name;
  }
  return {
    raw,
    sources,
    command: ownCommand ?? [...command],
    commandSource: ownCommand === null ? (command.length > 0 ? 'command line' : null) : (over?.commandPlace ?? null),
    config: configured?.name ?? null,
    problems,
  };
}

function configFile(raw: RawOptions, cwd: string): string | null {
  const named = raw['config']?.at(-1);
  if (named === undefined) return findConfig(cwd);
  if (named === '')
    throw new DrainCheckError('usage', '--config is empty.', 'Give the path of a configuration file, or none.');
  return named === 'none' ? null : named;
}

async function readConfigured(
  file: string,
  targetName: string | null,
  cwd: string,
): Promise<Configured & { name: string; directory: string }> {
  const { loadConfig } = await import('../config/load.js');
  const { configuredOptions } = await import('../config/options.js');
  const configuration = await loadConfig(file, cwd);
  const configured = configuredOptions(configuration, targetName, OPTIONS, cwd);
  return { ...configured, name: configuration.name, directory: configuration.directory };
}

/** What of a file still holds when the command line or the environment names another target. */
function overruled(configured: Configured, given: RawOptions, command: readonly string[]): Configured {
  const kind = KINDS.find((name) => given[name] !== undefined) ?? (command.length > 0 ? 'command' : null);
  if (kind === null) return configured;
  const own = KINDS.find((name) => configured.raw[name] !== undefined) ?? 'command';
  const dropped = own === kind ? [] : [...KINDS, ...OF_A_KIND];
  const raw = Object.fromEntries(Object.entries(configured.raw).filter(([name]) => !dropped.includes(name)));
  return { ...configured, raw, command: own === kind ? configured.command : null };
}

/** A problem with a value that came from a file is told of with its place there. */
export function placed(problems: readonly Problem[], sources: Sources): Problem[] {
  return problems.map((problem) => {
    const name = problem.option.replace(/^--/, '');
    const source = sources[name];
    if (source === undefined || source === 'default' || source.startsWith('--')) return problem;
    return { ...problem, option: source.startsWith('DRAIN_CHECK_') ? source : `${source} ${name}` };
  });
}
