import { FrameReader, type FrameHandler } from './frame-reader.js';
import { HttpReader } from './http-reader.js';
import { parseHead } from './response-head.js';

const HEAD_END = Buffer.from('\r\n\r\n');
const SWITCHING = /^HTTP\/1\.1 101[ \r]/;
/** A head beyond this is a hostile target. Bytes. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * Reads what a server says to a WebSocket's client: the answer to its handshake and, once it was upgraded, frames. An
 * answer that is no upgrade is read like any other response.
 */
export class WebSocketReader {
  /** It was upgraded, and what follows are frames. */
  frames: FrameReader | null = null;
  /** What came instead of an upgrade. */
  response: HttpReader | null = null;
  #brokenHandshake = false;
  #pending: Buffer = Buffer.alloc(0);

  /** @param accept what the server has to answer to our key (RFC 6455, section 4.2.2) */
  constructor(private readonly accept: string) {}

  get status(): number | null {
    return this.frames === null ? (this.response?.status ?? null) : 101;
  }

  get malformed(): boolean {
    return this.#brokenHandshake || (this.frames ?? this.response)?.malformed === true;
  }

  /** Takes what has arrived; the buffer may be used for something else afterwards. */
  push(data: Buffer, handler: FrameHandler): void {
    if (this.frames !== null) this.frames.push(data, handler);
    else if (this.response !== null) this.response.push(data);
    else this.#takeHead(data, handler);
  }

  #takeHead(data: Buffer, handler: FrameHandler): void {
    const all = this.#pending.length === 0 ? data : Buffer.concat([this.#pending, data]);
    const end = all.indexOf(HEAD_END);
    if (end < 0 && all.length < MAX_HEAD_BYTES) {
      // A copy: the buffer that it came in is used again.
      this.#pending = Buffer.from(all);
      return;
    }
    this.#pending = Buffer.alloc(0);
    if (end < 0 || !SWITCHING.test(all.toString('latin1', 0, 16))) {
      this.response = new HttpReader('GET');
      this.response.push(all);
      return;
    }
    const head = parseHead(all.toString('latin1', 0, end));
    if (head?.upgrade !== true || head.accept !== this.accept) this.#brokenHandshake = true;
    else {
      this.frames = new FrameReader();
      this.frames.push(all.subarray(end + HEAD_END.length), handler);
    }
  }
}
