import type { RawOptions } from './options.js';
import { suggest } from './suggest.js';
import type { Parsed } from './values.js';

/** One wrong option: which, with which value, and what to do about it. */
export interface Problem {
  option: string;
  value: string;
  problem: string;
}
/** Reads raw values and collects what is wrong with them, so that all of it can be said at once. */
export class Reader {
  readonly problems: Problem[] = [];

  constructor(private readonly raw: RawOptions) {}

  has(name: string): boolean {
    return this.raw[name] !== undefined;
  }

  /** Whether a switch is on; what is wrong with its value is said elsewhere. */
  isOn(name: string): boolean {
    const text = this.text(name);
    return text !== null && !['0', 'false', 'no', 'off'].includes(text.toLowerCase());
  }

  text(name: string): string | null {
    return this.raw[name]?.at(-1) ?? null;
  }

  /** All values of a repeatable option, as they were given. */
  texts(name: string): readonly string[] {
    return this.raw[name] ?? [];
  }

  one<T>(name: string, parse: (text: string) => Parsed<T>, absent: T): T {
    const text = this.text(name);
    return text === null ? absent : (this.parsed(name, text, parse) ?? absent);
  }

  many<T>(name: string, parse: (text: string) => Parsed<T>): T[] {
    return (this.raw[name] ?? []).flatMap((text) => {
      const value = this.parsed(name, text, parse);
      return value === null ? [] : [value];
    });
  }

  complain(option: string, value: string, problem: string): void {
    this.problems.push({ option: `--${option}`, value, problem });
  }

  private parsed<T>(name: string, text: string, parse: (text: string) => Parsed<T>): T | null {
    const parsed = parse(text);
    if ('value' in parsed) return parsed.value;
    this.complain(name, text, parsed.problem);
    return null;
  }
}

/** Ids from comma-separated values of a repeatable option; unknown ones become problems. */
export function ids(reader: Reader, name: string, raw: RawOptions, known: readonly string[]): string[] {
  return (raw[name] ?? [])
    .flatMap((text) => text.split(','))
    .map((id) => id.trim())
    .filter((id) => {
      if (known.includes(id)) return true;
      const near = suggest(id, known);
      reader.complain(
        name,
        id,
        `is not known${near === null ? '; `drain-check checks` lists what is' : `; did you mean ${near}?`}`,
      );
      return false;
    });
}

/** What `--only` and `--skip` leave of a list. `--only` speaks about a list only if it names something in it. */
export function selected<T extends string>(all: readonly T[], only: readonly string[], skip: readonly string[]): T[] {
  const wanted = all.filter((id) => only.includes(id));
  return (wanted.length > 0 ? wanted : [...all]).filter((id) => !skip.includes(id));
}
