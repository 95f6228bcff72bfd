import { Command, Option } from 'commander';
import { environmentName, type OptionSpec, type RawOptions } from '../plan/options.js';

/** Declares options on a commander command. Values stay text: they are parsed, checked and resolved in one place. */
export function declareOptions(command: Command, specs: readonly OptionSpec[]): Command {
  for (const spec of specs) {
    const flags = `${spec.short === null ? '' : `-${spec.short}, `}--${spec.name}${spec.value === null ? '' : ` ${spec.value}`}`;
    const more = [spec.default === null ? '' : `default: ${spec.default}`, spec.repeatable ? 'repeatable' : '']
      .filter((word) => word !== '')
      .join('; ');
    const option = new Option(flags, more === '' ? spec.description : `${spec.description} (${more})`);
    if (spec.value !== null)
      option.argParser((text: string, before: string[] | undefined) => [...(before ?? []), text]);
    // Given without a value it has an empty one.
    if (spec.value?.startsWith('[') === true) option.preset('');
    option.helpGroup(`${spec.group}:`);
    command.addOption(option);
  }
  return command;
}

/** What commander parsed, by the options' own names. */
export function rawOptions(command: Command, specs: readonly OptionSpec[]): RawOptions {
  const values = command.opts<Record<string, unknown>>();
  const raw: RawOptions = {};
  for (const spec of specs) {
    // commander keeps --color and --no-color under one name.
    const key = spec.name.startsWith('no-') ? camelCase(spec.name.slice(3)) : camelCase(spec.name);
    const source = command.getOptionValueSource(key);
    const value = values[key];
    if (source !== 'cli') continue;
    if (spec.value !== null) raw[spec.name] = value as string[];
    else if (value === !spec.name.startsWith('no-')) raw[spec.name] = ['true'];
  }
  return raw;
}

function camelCase(name: string): string {
  return name.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase());
}

/** The paragraph of `--help` about the environment. */
export function environmentHelp(specs: readonly OptionSpec[]): string {
  const example = specs.find((spec) => spec.name === 'grace-period');
  return example === undefined
    ? ''
    : `Every option can also be given in the environment, as\n${environmentName(example)} for --grace-period.`;
}
