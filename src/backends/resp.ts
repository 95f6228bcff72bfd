/** One value at the outermost level of a RESP stream: its type's sign, and the first words of what it holds. */
export interface RespValue {
  /** `*`, `>`, `+` …; empty for a command that was written as a plain line. */
  sign: string;
  words: string[];
}

/** So many words of a value are kept, each cut to so many characters: names of commands and their switches. */
const KEPT_WORDS = 8;
const KEPT_CHARACTERS = 32;
const LONGEST_LINE = 64 * 1024;

/** Reads a RESP stream, version 2 or 3 (Redis documentation, "Redis serialization protocol specification"). */
export class RespReader {
  #line = '';
  /** What is still to come of a text of known length, its line end included. */
  #bulk = 0;
  #bulkKept = '';
  /** Values that are still to come, for each level that is open. */
  #open: number[] = [];
  #sign = '';
  #words: string[] = [];
  #lost = false;

  constructor(private readonly onValue: (value: RespValue) => void) {}

  get lost(): boolean {
    return this.#lost;
  }

  /** In the middle of a value. */
  get partial(): boolean {
    return this.#line !== '' || this.#bulk > 0 || this.#open.length > 0;
  }

  stop(): void {
    this.#lost = true;
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#lost) {
      if (this.#bulk > 0) {
        const part = chunk.subarray(at, at + this.#bulk);
        if (this.#bulkKept.length < KEPT_CHARACTERS)
          this.#bulkKept += part.subarray(0, KEPT_CHARACTERS).toString('latin1');
        this.#bulk -= part.length;
        at += part.length;
        if (this.#bulk === 0) this.#leaf(this.#bulkKept.replace(/\r?\n?$/, ''));
        continue;
      }
      const end = chunk.indexOf(0x0a, at);
      const stop = end < 0 ? chunk.length : end;
      this.#line += chunk.toString('latin1', at, stop);
      at = stop + 1;
      if (this.#line.length > LONGEST_LINE) this.#lost = true;
      if (end < 0) return;
      const line = this.#line.replace(/\r$/, '');
      this.#line = '';
      this.#read(line);
    }
  }

  #read(line: string): void {
    const sign = line[0] ?? '';
    const length = Number(line.slice(1));
    if (this.#open.length === 0) {
      this.#sign = sign;
      this.#words = [];
    }
    switch (sign) {
      case '$':
      case '=':
      case '!':
        if (!Number.isInteger(length)) this.#lost = true;
        // A text without a length is none at all.
        else if (length < 0) this.#leaf('');
        else {
          this.#bulk = length + 2;
          this.#bulkKept = '';
        }
        break;
      case '*':
      case '~':
      case '>':
        this.#begin(length);
        break;
      case '%':
        this.#begin(2 * length);
        break;
      case '|':
        // Attributes stand before the value that they belong to.
        this.#begin(2 * length + 1);
        break;
      case '+':
      case '-':
      case ':':
      case '_':
      case '#':
      case ',':
      case '(':
        this.#leaf(line.slice(1));
        break;
      default:
        if (this.#open.length > 0) this.#lost = true;
        else if (line !== '') this.onValue({ sign: '', words: line.split(/\s+/).slice(0, KEPT_WORDS) });
    }
  }

  #begin(count: number): void {
    if (!Number.isInteger(count)) this.#lost = true;
    else if (count <= 0) this.#leaf('');
    else this.#open.push(count);
  }

  #leaf(word: string): void {
    if (this.#words.length < KEPT_WORDS) this.#words.push(word.slice(0, KEPT_CHARACTERS));
    while (this.#open.length > 0) {
      const left = (this.#open.pop() ?? 1) - 1;
      if (left > 0) {
        this.#open.push(left);
        return;
      }
    }
    this.onValue({ sign: this.#sign, words: this.#words });
  }
}
