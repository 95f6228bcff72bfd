import type { Field } from '../field.js';

/** A value that is written into a manifest. */
export type Written = string | number | readonly string[] | { readonly [key: string]: Written };

interface Edit {
  start: number;
  end: number;
  text: string;
  /** The indentation of added lines. */
  depth: number;
}

/**
 * Changes the text of a manifest where it has to be changed, and nowhere else: comments, order and style stay. Each
 * change says whether it could be made; what is shared by an anchor is not touched.
 */
export class Editor {
  private readonly edits: Edit[] = [];
  private readonly eol: string;

  constructor(private readonly text: string) {
    this.eol = text.includes('\r\n') ? '\r\n' : '\n';
  }

  /** The text with all changes made. */
  result(): string {
    // Where two are added at one place, what belongs to the deeper one comes first.
    const inOrder = [...this.edits].sort((a, b) => a.start - b.start || b.depth - a.depth);
    let text = '';
    let at = 0;
    for (const edit of inOrder) {
      text += this.text.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    return text + this.text.slice(at);
  }

  /** Writes another value in the place of a scalar. */
  set(field: Field, value: string | number): boolean {
    const { span } = field;
    if (field.shared || span === null || field.text === null) return false;
    const quoted = /^["']/.test(this.text.slice(span.start, span.end));
    return this.replace(
      span.start,
      span.end,
      quoted || typeof value === 'string' ? this.scalar(value, quoted) : String(value),
    );
  }

  /** Replaces what a pattern finds in the text of a value, if it finds it once. */
  setWithin(field: Field, pattern: RegExp, by: string): boolean {
    const { span } = field;
    if (field.shared || span === null) return false;
    const source = this.text.slice(span.start, span.end);
    const [match, ...others] = [...source.matchAll(pattern)];
    if (match === undefined || others.length > 0) return false;
    const start = span.start + match.index;
    return this.replace(start, start + match[0].length, by);
  }

  /** Adds a key to a map: at its end, or in front of another key. */
  add(map: Field, key: string, value: Written, before: string | null = null): boolean {
    if (map.shared || !map.isMap || map.span === null) return false;
    if (map.isFlow) return this.addInBrackets(map, key, value);
    const first = map.entries[0]?.[1].keySpan ?? null;
    if (first === null) return false;
    const indent = ' '.repeat(first.start - this.lineStart(first.start));
    const next = before === null ? null : map.get(before).keySpan;
    const lines = blockLines(key, value, indent, (one) => this.inline(one, false));
    if (next !== null && this.text.slice(this.lineStart(next.start), next.start).trim() === '') {
      const at = this.aboveComments(this.lineStart(next.start));
      return this.replace(at, at, lines.map((line) => line + this.eol).join(''), indent.length);
    }
    const at = this.endOfLast(map.entries.map(([, field]) => field));
    return this.replace(at, at, lines.map((line) => this.eol + line).join(''), indent.length);
  }

  /** Adds words at the end of a list of words. */
  append(list: Field, words: readonly string[]): boolean {
    const { items } = list;
    const last = items.at(-1)?.span ?? null;
    if (list.shared || last === null) return false;
    const quoted = this.text[last.start] === '"';
    const written = words.map((word) => this.scalar(word, quoted));
    if (list.isFlow) return this.replace(last.end, last.end, written.map((word) => `, ${word}`).join(''));
    const from = this.lineStart(last.start);
    const dash = this.text.slice(from, last.start).lastIndexOf('-');
    if (dash < 0) return false;
    const indent = ' '.repeat(dash);
    const at = this.endOfLast(items);
    return this.replace(at, at, written.map((word) => `${this.eol}${indent}- ${word}`).join(''), dash + 0.5);
  }

  private addInBrackets(map: Field, key: string, value: Written): boolean {
    const { span, entries } = map;
    if (span === null) return false;
    const quoted =
      entries.length === 0
        ? this.text.trimStart().startsWith('{')
        : this.text[entries[0]?.[1].keySpan?.start ?? -1] === '"';
    const pair = `${quoted ? JSON.stringify(key) : key}: ${this.inline(value, quoted)}`;
    const last = entries.at(-1)?.[1];
    const end = last?.span?.end ?? last?.keySpan?.end ?? null;
    return end === null ? this.replace(span.start + 1, span.start + 1, pair) : this.replace(end, end, `, ${pair}`);
  }

  private inline(value: Written, quoted: boolean): string {
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string') return this.scalar(value, quoted);
    if (isList(value)) return `[${value.map((one) => this.scalar(one, quoted)).join(', ')}]`;
    const pairs = Object.entries(value).map(
      ([key, one]) => `${quoted ? JSON.stringify(key) : key}: ${this.inline(one, quoted)}`,
    );
    return `{${pairs.join(', ')}}`;
  }

  /** Text that stays text: what would be a number is put in quotes. */
  private scalar(value: string | number, quoted: boolean): string {
    if (typeof value === 'number') return quoted ? `"${value}"` : String(value);
    return quoted || !/^[A-Za-z/-][\w./=-]*$/.test(value) ? JSON.stringify(value) : value;
  }

  /** The end of the line on which the last of some values ends. */
  private endOfLast(fields: readonly Field[]): number {
    const ends = fields.map((field) => (field.span ?? field.keySpan)?.end ?? 0);
    let at = Math.max(...ends);
    while (at > 0 && /\s/.test(this.text[at - 1] ?? '')) at--;
    const line = /\r?\n/.exec(this.text.slice(at));
    return line === null ? this.text.length : at + line.index;
  }

  private lineStart(at: number): number {
    return this.text.lastIndexOf('\n', at - 1) + 1;
  }

  /** Comments that stand right above a line belong to it. */
  private aboveComments(lineStart: number): number {
    const above = this.lineStart(lineStart - 1);
    return lineStart > 0 && /^\s*#/.test(this.text.slice(above, lineStart)) ? this.aboveComments(above) : lineStart;
  }

  private replace(start: number, end: number, text: string, depth = Infinity): boolean {
    this.edits.push({ start, end, text, depth });
    return true;
  }
}

function isList(value: Written): value is readonly string[] {
  return Array.isArray(value);
}

function blockLines(key: string, value: Written, indent: string, inline: (value: Written) => string): string[] {
  if (typeof value !== 'object' || isList(value)) return [`${indent}${key}: ${inline(value)}`];
  const inner = Object.entries(value).flatMap(([name, one]) => blockLines(name, one, `${indent}  `, inline));
  return [`${indent}${key}:`, ...inner];
}
