import path from 'node:path';
import type { FileOptions, OptionSpec } from '../plan/options.js';
import type { Problem } from '../plan/resolve.js';
import { suggest } from '../plan/suggest.js';
import type { Configuration } from './load.js';

/** What a configuration says of one target. */
export interface Configured extends FileOptions {
  /** The target's command; null when it names none. */
  command: string[] | null;
  /** Where the command stands. */
  commandPlace: string | null;
  problems: Problem[];
}

/** Keys that are no options. */
const SPECIAL = ['command', 'targets', '$schema'];
/** Options that a file cannot hold, since they say which file. */
const OUTSIDE = ['config', 'target-name'];
/** Options whose value is a path, taken relative to the file. */
const PATHS = ['cwd', 'ready-file', 'ca', 'proto', 'record', 'keep', 'baseline'];

/**
 * The options that a configuration gives for one of its targets: what stands at the top is shared, what stands under the
 * target's name is laid over it.
 * @param cwd where we are: paths are shown relative to it
 */
export function configuredOptions(
  configuration: Configuration,
  targetName: string | null,
  specs: readonly OptionSpec[],
  cwd: string,
): Configured {
  const { value } = configuration;
  const reader = new ConfigReader(configuration, specs, cwd);
  if (!isMap(value)) {
    reader.complain([], '', 'is not a map of options');
    return reader.result;
  }
  reader.read(value, []);
  const { targets } = value;
  if (targets === undefined) {
    if (targetName !== null)
      reader.complain([], targetName, 'is no target of this file, which names none; leave out --target-name');
    return reader.result;
  }
  if (!isMap(targets) || Object.values(targets).some((target) => !isMap(target))) {
    reader.complain(['targets'], '', 'is not a map from names to options');
    return reader.result;
  }
  const names = Object.keys(targets);
  const chosen = targetName ?? (names.length === 1 ? (names[0] ?? null) : null);
  if (chosen === null || !names.includes(chosen)) {
    const near = chosen === null ? null : suggest(chosen, names);
    const words = `${near === null ? '' : `did you mean ${near}? `}The targets are: ${names.join(', ') || 'none'}`;
    reader.complain(
      ['targets'],
      chosen ?? '',
      chosen === null ? `holds several; choose one with --target-name. ${words}` : `is not among them; ${words}`,
    );
    return reader.result;
  }
  // What is wrong with the others is said too: a file is right or wrong as a whole.
  for (const name of names.filter((one) => one !== chosen))
    new ConfigReader(configuration, specs, cwd, reader.result.problems).read(targets[name], ['targets', name]);
  reader.read(targets[chosen], ['targets', chosen]);
  return reader.result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class ConfigReader {
  readonly result: Configured;

  constructor(
    private readonly configuration: Configuration,
    private readonly specs: readonly OptionSpec[],
    private readonly cwd: string,
    problems: Problem[] = [],
  ) {
    this.result = { raw: {}, places: {}, command: null, commandPlace: null, problems };
  }

  read(map: unknown, keys: readonly string[]): void {
    if (!isMap(map)) return;
    for (const [key, value] of Object.entries(map)) {
      const place = [...keys, key];
      if (key === 'command') this.#command(value, place);
      else if (key === 'targets' && keys.length === 0) continue;
      else if (key === '$schema' && keys.length === 0) continue;
      else this.#option(key, value, place);
    }
  }

  complain(keys: readonly string[], value: string, problem: string): void {
    const option = [this.configuration.placeOf(keys), keys.at(-1) ?? ''].join(' ').trim();
    this.result.problems.push({ option, value, problem });
  }

  #command(value: unknown, place: readonly string[]): void {
    const words = typeof value === 'string' ? value.trim().split(/\s+/) : value;
    if (typeof value === 'string' && /["'`$|&;<>\\]/.test(value)) {
      this.complain(place, value, 'needs a shell or holds quotes; write it as a list of words: ["node", "server.js"]');
      return;
    }
    if (!Array.isArray(words) || words.length === 0 || !words.every((word) => typeof word === 'string')) {
      this.complain(place, '', 'is neither a text nor a list of words');
      return;
    }
    this.result.command = words;
    this.result.commandPlace = this.configuration.placeOf(place);
  }

  #option(key: string, value: unknown, place: readonly string[]): void {
    const spec = this.specs.find((one) => one.name === key);
    if (spec === undefined || OUTSIDE.includes(key)) {
      this.#unknown(key, place);
      return;
    }
    const values = textsOf(spec, value);
    if (values === null) {
      this.complain(place, '', `has a value that is no ${kindOf(spec)}`);
      return;
    }
    if (values.length === 0) return;
    this.result.raw[key] = values.map((text) => this.#located(key, text));
    this.result.places[key] = this.configuration.placeOf(place);
  }

  #unknown(key: string, place: readonly string[]): void {
    const dashed = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const known = [...this.specs.map((spec) => spec.name).filter((name) => !OUTSIDE.includes(name)), ...SPECIAL];
    const near = suggest(dashed, known);
    this.complain(
      place,
      '',
      `is not known${near === null ? '; drain-check --help lists the options' : `; did you mean ${near}?`}`,
    );
  }

  /** A path in a file is meant from where the file is. */
  #located(key: string, text: string): string {
    const { directory } = this.configuration;
    if (path.resolve(this.cwd) === directory) return text;
    const from = (file: string) => path.relative(this.cwd, path.resolve(directory, file)) || '.';
    if (PATHS.includes(key)) return from(text);
    const at = key === 'report' ? text.indexOf('=') : -1;
    return at > 0 ? `${text.slice(0, at)}=${from(text.slice(at + 1))}` : text;
  }
}

function kindOf(spec: OptionSpec): string {
  if (spec.value === null) return 'true or false';
  return spec.repeatable ? 'text and no list of texts' : 'text or number';
}

/** A value of a file as the texts that a command line would hold; null when it is of another kind. */
function textsOf(spec: OptionSpec, value: unknown): string[] | null {
  if (spec.value === null) return typeof value === 'boolean' ? (value ? ['true'] : []) : null;
  if (spec.repeatable && isMap(value) && (spec.name === 'env' || spec.name === 'header')) {
    const entries = Object.entries(value);
    if (entries.some(([, one]) => !isScalar(one))) return null;
    return entries.map(([name, one]) => `${name}${spec.name === 'env' ? '=' : ': '}${String(one)}`);
  }
  if (Array.isArray(value)) {
    if (!value.every(isScalar)) return null;
    const texts = value.map(String);
    // Codes may be written as a list as well as with commas.
    return spec.repeatable ? texts : /codes/.test(spec.value) ? [texts.join(',')] : null;
  }
  return isScalar(value) ? [String(value)] : null;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
