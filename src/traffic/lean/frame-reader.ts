import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

/** A message beyond this is a hostile target, as for the library that opens the few. Bytes. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** What a WebSocket's reader tells. Buffers are valid until the call returns. */
export interface FrameHandler {
  onPing: (payload: Buffer) => void;
  /** The close frame: its code, 1005 where it has none. Nothing is read after it. */
  onClose: (code: number) => void;
}

/**
 * Reads a server's WebSocket frames as they arrive (RFC 6455, section 5), without extensions. Payloads are counted and
 * not kept, except those of control frames. It is as strict as ws, against which it is tested.
 */
export class FrameReader {
  /** Messages that came whole. */
  messages = 0;
  /** Of their payloads. */
  bytes = 0;
  /** What came is not WebSocket's language. */
  malformed = false;
  #over = false;
  /** The beginning of a frame's head, or of a control frame's payload. */
  #pending: Buffer | null = null;
  /** Bytes of a data frame's payload that are still to come. */
  #left = 0;
  /** The frame whose payload is being read ends its message. */
  #last = true;
  /** The kind of message that is under way, 0 for none. */
  #message = 0;
  #messageBytes = 0;
  /** Tells whether a text that comes in pieces is UTF-8; null while none has come, or for binary. */
  #decoder: TextDecoder | null = null;
  #notUtf8 = false;

  get over(): boolean {
    return this.#over;
  }

  /** Takes what has arrived; the buffer may be used for something else afterwards. */
  push(data: Buffer, handler: FrameHandler): void {
    let rest = this.#pending === null ? data : Buffer.concat([this.#pending, data]);
    this.#pending = null;
    while (rest.length > 0 && !this.#over) {
      const taken = this.#left > 0 ? this.#takePayload(rest) : this.#takeHead(rest, handler);
      if (taken === 0) {
        if (!this.over) this.#pending = Buffer.from(rest);
        return;
      }
      rest = rest.subarray(taken);
    }
  }

  /** @returns how many bytes were a whole head (and a control frame's payload); 0 when more is needed */
  #takeHead(data: Buffer, handler: FrameHandler): number {
    if (data.length < 2) return 0;
    const [first = 0, second = 0] = data;
    if ((first & 0x70) !== 0) return this.#fail();
    const opcode = first & 0x0f;
    const isControl = opcode >= CLOSE;
    const isFinal = (first & 0x80) !== 0;
    const short = second & 0x7f;
    if (!this.#isAllowed(opcode, isFinal, short)) return this.#fail();
    // A server's frames are not masked.
    if ((second & 0x80) !== 0) return this.#fail();
    const headLength = short === 126 ? 4 : short === 127 ? 10 : 2;
    if (data.length < headLength) return 0;
    const length = short === 126 ? data.readUInt16BE(2) : short === 127 ? longLength(data) : short;
    if (isControl) {
      if (data.length < headLength + length) return 0;
      this.#control(opcode, data.subarray(headLength, headLength + length), handler);
      return headLength + length;
    }
    if (this.#messageBytes + length > MAX_MESSAGE_BYTES) return this.#fail();
    if (opcode !== 0) this.#message = opcode;
    this.#last = isFinal;
    this.#left = length;
    this.#messageBytes += length;
    if (length === 0 && isFinal) this.#endMessage();
    return headLength;
  }

  #isAllowed(opcode: number, isFinal: boolean, short: number): boolean {
    if (opcode === 0) return this.#message !== 0;
    if (opcode === TEXT || opcode === BINARY) return this.#message === 0;
    return (
      (opcode === CLOSE || opcode === PING || opcode === PONG) &&
      isFinal &&
      short <= 125 &&
      !(opcode === CLOSE && short === 1)
    );
  }

  #takePayload(data: Buffer): number {
    const taken = Math.min(this.#left, data.length);
    const piece = data.subarray(0, taken);
    this.#left -= taken;
    this.bytes += taken;
    const ends = this.#left === 0 && this.#last;
    if (this.#message === TEXT) this.#checkText(piece, ends);
    if (ends) this.#endMessage();
    return taken;
  }

  /** What is not UTF-8 is a breach when the message is whole, not before. */
  #checkText(piece: Buffer, ends: boolean): void {
    if (this.#notUtf8) return;
    if (ends && this.#decoder === null) {
      this.#notUtf8 = !isUtf8(piece);
      return;
    }
    this.#decoder ??= new TextDecoder('utf-8', { fatal: true });
    try {
      this.#decoder.decode(piece, { stream: true });
    } catch {
      this.#notUtf8 = true;
    }
  }

  #endMessage(): void {
    if (this.#decoder !== null && !this.#notUtf8) {
      try {
        this.#decoder.decode();
      } catch {
        this.#notUtf8 = true;
      }
    }
    if (this.#notUtf8) {
      this.#fail();
      return;
    }
    this.messages += 1;
    this.#message = 0;
    this.#messageBytes = 0;
    this.#decoder = null;
  }

  #control(opcode: number, payload: Buffer, handler: FrameHandler): void {
    if (opcode === PING) handler.onPing(payload);
    if (opcode !== CLOSE) return;
    const code = payload.length === 0 ? 1005 : payload.readUInt16BE(0);
    if (payload.length > 0 && (!isCloseCode(code) || !isUtf8(payload.subarray(2)))) {
      this.#fail();
      return;
    }
    this.#over = true;
    handler.onClose(code);
  }

  #fail(): 0 {
    this.malformed = true;
    this.#over = true;
    return 0;
  }
}

/** A length of eight bytes; what no number can hold is beyond every bound. */
function longLength(data: Buffer): number {
  return Number(data.readBigUInt64BE(2));
}

/** RFC 6455, section 7.4: those that may stand in a frame. */
function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999)
  );
}
