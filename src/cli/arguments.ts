import type { OptionSpec } from '../plan/options.js';
import type { Problem } from '../plan/resolve.js';
import { suggest } from '../plan/suggest.js';

/** A command line, taken apart: what is ours, and the command that stands after our options or after `--`. */
export interface SplitArguments {
  /** Our options and a subcommand's operands, without what we do not know. */
  own: string[];
  /** The target's command and its arguments. */
  command: string[];
  problems: Problem[];
}

const BUILT_IN = ['--help', '-h', '--version', '-V'];

/**
 * Separates our options from the target's command. Our options end at the first word that is none, or at `--`; what
 * follows is the target's, whatever it looks like. Unknown options and missing values are collected, so that they can
 * be reported together with wrong values.
 */
export function splitArguments(argv: readonly string[], specs: readonly OptionSpec[]): SplitArguments {
  const own: string[] = [];
  const problems: Problem[] = [];
  let index = 0;
  while (index < argv.length) {
    const word = argv[index] ?? '';
    if (word === '--') {
      index++;
      break;
    }
    if (!word.startsWith('-') || word === '-') break;
    index++;
    const spec = find(word, specs);
    if (spec === null) {
      if (BUILT_IN.includes(word)) own.push(word);
      else problems.push(unknown(word, specs));
    } else if (spec.value === null || hasInlineValue(word)) own.push(word);
    else if (isOptional(spec)) {
      own.push(word);
      // The word after it is its value only where it cannot be a command.
      const value = argv[index];
      if (value !== undefined && SIZES.test(value)) {
        own.push(value);
        index++;
      }
    } else {
      const value = argv[index];
      index++;
      if (value === undefined || value === '--')
        problems.push({ option: `--${spec.name}`, value: '', problem: `needs a value: --${spec.name} ${spec.value}` });
      else own.push(word, value);
    }
  }
  return { own, command: argv.slice(index), problems };
}

/** A subcommand's operands, which may stand before, between and behind its options, apart from those. */
export function splitOperands(
  argv: readonly string[],
  specs: readonly OptionSpec[],
): { operands: string[]; options: string[] } {
  const operands: string[] = [];
  const options: string[] = [];
  let rest = argv;
  for (;;) {
    const { command } = splitArguments(rest, specs);
    const read = rest.slice(0, rest.length - command.length);
    options.push(...read.filter((word) => word !== '--'));
    // Behind -- there are operands only.
    const all = read.includes('--') ? command : command.slice(0, 1);
    operands.push(...all);
    rest = command.slice(all.length);
    if (all.length === 0 || read.includes('--')) return { operands, options };
  }
}

/** `requests=5000,websockets=10000`. */
const SIZES = /^[a-z]+=\d+(,[a-z]+=\d+)*$/;

function isOptional({ value }: OptionSpec): boolean {
  return value?.startsWith('[') === true;
}

function hasInlineValue(word: string): boolean {
  return word.startsWith('--') ? word.includes('=') : word.length > 2;
}

function find(word: string, specs: readonly OptionSpec[]): OptionSpec | null {
  if (word.startsWith('--')) {
    const name = word.slice(2).split('=')[0];
    return specs.find((spec) => spec.name === name) ?? null;
  }
  return specs.find((spec) => spec.short === word[1] && (spec.value !== null || word.length === 2)) ?? null;
}

function unknown(word: string, specs: readonly OptionSpec[]): Problem {
  const [flag = word, value = ''] = word.split(/=(.*)/s);
  const near = suggest(
    flag,
    specs.map((spec) => `--${spec.name}`),
  );
  return {
    option: flag,
    value,
    problem: `is not an option of drain-check${near === null ? '' : `; did you mean ${near}?`} (an option of the target goes after its command, or after --)`,
  };
}
