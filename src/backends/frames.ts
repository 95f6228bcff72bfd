/** How the messages of a protocol are told apart: a head of fixed size that says how long the rest is. */
export interface Framing {
  /** Bytes. */
  headLength: number;
  /** Length of what follows the head, in bytes. Negative: this is not the protocol. */
  bodyLength: (head: Buffer) => number;
}

/** How much of a message's body is kept: all that anybody looks at. Bytes. */
const KEPT = 64;

/**
 * Cuts one direction of a connection into messages. Of each it keeps the head and the first bytes, however long it is, so
 * that it can follow any amount of data.
 */
export class FrameReader {
  #head = Buffer.alloc(0);
  #first = Buffer.alloc(0);
  /** What is still to come of the body; null: the head is not complete. */
  #missing: number | null = null;
  #length = 0;
  #lost = false;

  /** @param onFrame called when a message has come to its end, with its head, the first bytes of its body, and its length */
  constructor(
    private framing: Framing,
    private readonly onFrame: (head: Buffer, first: Buffer, length: number) => void,
  ) {}

  /** In the middle of a message. */
  get partial(): boolean {
    return this.#missing !== null || this.#head.length > 0;
  }

  /** What came is not the protocol; nothing more is read. */
  get lost(): boolean {
    return this.#lost;
  }

  /** From the next message on, another framing holds. */
  use(framing: Framing): void {
    this.framing = framing;
  }

  /** Reads no more. */
  stop(): void {
    this.#lost = true;
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0 && !this.#lost) {
      if (this.#missing === null) {
        const wanted = this.framing.headLength - this.#head.length;
        this.#head = Buffer.concat([this.#head, rest.subarray(0, wanted)]);
        rest = rest.subarray(wanted);
        if (this.#head.length < this.framing.headLength) return;
        this.#length = this.framing.bodyLength(this.#head);
        if (this.#length < 0) {
          this.#lost = true;
          return;
        }
        this.#missing = this.#length;
        this.#first = Buffer.alloc(0);
      }
      const body = rest.subarray(0, this.#missing);
      if (this.#first.length < KEPT)
        this.#first = Buffer.concat([this.#first, body.subarray(0, KEPT - this.#first.length)]);
      this.#missing -= body.length;
      rest = rest.subarray(body.length);
      if (this.#missing > 0) return;
      const head = this.#head;
      this.#head = Buffer.alloc(0);
      this.#missing = null;
      this.onFrame(head, this.#first, this.#length);
    }
  }
}
