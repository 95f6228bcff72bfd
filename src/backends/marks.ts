/** Bytes of a trace id, and of its first half, which all ids of one run share (W3C Trace Context, section 3.2.2.3). */
const ID_BYTES = 16;
const NONCE_BYTES = 8;
/** An id in text, with the dashes of a UUID or without. */
const IN_TEXT_CHARACTERS = 40;

/**
 * Ids by which requests of one life are known again in what the target sends and prints: each is a trace id, and the
 * request id in one. Their first half is the same, so that any number of them is found in one pass.
 */
export class Marks {
  #count = 0;

  /** @param nonce 8 bytes in hexadecimal, not all zero */
  constructor(private readonly nonce: string) {}

  /** A new id: 32 hexadecimal digits. */
  next(): string {
    this.#count += 1;
    return this.nonce + this.#count.toString(16).padStart(2 * (ID_BYTES - NONCE_BYTES), '0');
  }

  /** The ids that bytes hold: as such, as OTLP's protobuf has them, or in hexadecimal, as its JSON does. */
  findIn(bytes: Buffer): string[] {
    const found = new Set(this.findInText(bytes.toString('latin1')));
    const needle = Buffer.from(this.nonce, 'hex');
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1)) {
      if (at + ID_BYTES <= bytes.length) this.#add(found, bytes.toString('hex', at, at + ID_BYTES));
    }
    return [...found];
  }

  /** The ids that stand in a text, in the order in which they do. */
  findInText(text: string): string[] {
    const found = new Set<string>();
    const plain = /[0-9a-f]{8}-[0-9a-f]{4}-/i.test(text) ? `${text}\n${text.replaceAll('-', '')}` : text;
    const lower = plain.toLowerCase();
    for (let at = lower.indexOf(this.nonce); at >= 0; at = lower.indexOf(this.nonce, at + 1))
      this.#add(found, lower.slice(at, at + 2 * ID_BYTES));
    return [...found];
  }

  /** How much of a text's end may be the beginning of an id. Characters. */
  static readonly overlap = IN_TEXT_CHARACTERS;

  #add(found: Set<string>, id: string): void {
    const number = /^[0-9a-f]{32}$/.test(id) ? Number.parseInt(id.slice(2 * NONCE_BYTES), 16) : 0;
    if (number > 0 && number <= this.#count) found.add(id);
  }
}
