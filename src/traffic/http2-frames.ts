const HEAD_BYTES = 9;
/** Longest beginning of a payload that is looked into: last stream and code of GOAWAY. */
const KEPT_BYTES = 8;
/** What HTTP/2 allows when nothing else was agreed on, and we agree on nothing else. */
const MAX_FRAME_BYTES = 16_384;
const END_STREAM = 0x1;
const TYPES = { data: 0, headers: 1, rstStream: 3, settings: 4, goaway: 7 };

/** Error codes by their number (RFC 9113, section 7). */
const ERRORS = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

export function errorName(code: number): string {
  return ERRORS[code] ?? String(code);
}

export interface Goaway {
  code: number;
  /** The last stream that the server may still have worked on. */
  lastStream: number;
}

/**
 * What a server said with frames on an HTTP/2 connection (RFC 9113, section 4). Node's client does not tell all of
 * it, and some that was never said: it invents RST_STREAM when the connection is lost, ends a stream in the same way for
 * END_STREAM and for RST_STREAM without an error, and forgets the streams of a connection that ended.
 */
export class Http2Frames {
  /** The last one that came. */
  goaway: Goaway | null = null;
  #greeted = false;
  #noise = false;
  readonly #ended = new Set<number>();
  readonly #resets = new Map<number, number>();
  readonly #begun = Buffer.alloc(HEAD_BYTES + KEPT_BYTES);
  /** Bytes of the present frame that have come. */
  #have = 0;

  /** @param onNoise called once when what comes is not HTTP/2; Node waits for the rest of such a frame */
  constructor(
    private readonly onGoaway: (goaway: Goaway) => void,
    private readonly onNoise: () => void,
  ) {}

  /** The server ended its half of the stream in order. */
  hasEnded(stream: number): boolean {
    return this.#ended.has(stream);
  }

  /** The code with which the server reset the stream, or null. */
  resetOf(stream: number): number | null {
    return this.#resets.get(stream) ?? null;
  }

  forget(stream: number): void {
    this.#ended.delete(stream);
    this.#resets.delete(stream);
  }

  /** Takes the next bytes from the server, however they are cut. */
  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#noise) {
      const size = HEAD_BYTES + (this.#have < HEAD_BYTES ? 0 : this.#length());
      const taken = Math.min(size - this.#have, chunk.length - at);
      // What is beyond the beginning of the payload falls beside.
      chunk.copy(this.#begun, this.#have, at, at + taken);
      this.#have += taken;
      at += taken;
      if (this.#have === HEAD_BYTES) this.#checkHead();
      if (this.#have >= HEAD_BYTES && this.#have === HEAD_BYTES + this.#length()) this.#take();
    }
  }

  #length(): number {
    return this.#begun.readUIntBE(0, 3);
  }

  /** A server's first frame is one with settings (RFC 9113, section 3.4), and none is longer than we allow. */
  #checkHead(): void {
    const isSettings = this.#begun.readUInt8(3) === TYPES.settings && this.#begun.readUInt32BE(5) === 0;
    this.#noise = this.#length() > MAX_FRAME_BYTES || !(this.#greeted || isSettings);
    this.#greeted = true;
    if (this.#noise) this.onNoise();
  }

  #take(): void {
    this.#have = 0;
    const type = this.#begun.readUInt8(3);
    const flags = this.#begun.readUInt8(4);
    const stream = this.#begun.readUInt32BE(5) & 0x7fffffff;
    switch (type) {
      case TYPES.data:
      case TYPES.headers:
        if ((flags & END_STREAM) !== 0) this.#ended.add(stream);
        break;
      case TYPES.rstStream:
        this.#resets.set(stream, this.#begun.readUInt32BE(HEAD_BYTES));
        break;
      case TYPES.goaway:
        this.#takeGoaway({
          lastStream: this.#begun.readUInt32BE(HEAD_BYTES) & 0x7fffffff,
          code: this.#begun.readUInt32BE(HEAD_BYTES + 4),
        });
        break;
    }
  }

  /** Some servers say the same several times. */
  #takeGoaway(goaway: Goaway): void {
    const before = this.goaway;
    this.goaway = goaway;
    if (before?.code !== goaway.code || before.lastStream !== goaway.lastStream) this.onGoaway(goaway);
  }
}
