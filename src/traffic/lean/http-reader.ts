import type { Framing } from '../../recording/events.js';
import { hasNoBody } from '../http-message.js';
import { parseField, parseHead, type ResponseHead } from './response-head.js';

/** A head beyond this is a hostile target. Bytes. */
const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_END = Buffer.from('\r\n\r\n');
const VERSION = Buffer.from('HTTP/1.');
/** A chunk's size and its extensions stand on one line. Bytes. */
const MAX_CHUNK_LINE = 16 * 1024;

type Part = 'head' | 'body' | 'chunk-size' | 'chunk-data' | 'chunk-end' | 'trailers' | 'over';

/**
 * Reads one HTTP/1.1 response as it arrives, and keeps nothing of it but what an ending needs: thousands of these are
 * alive at once. It is as strict as the parser that undici has, against which it is tested.
 */
export class HttpReader {
  status: number | null = null;
  /** Of the body. */
  bytes = 0;
  framing: Framing | null = null;
  announcedClose: boolean | null = null;
  /** The end of the message has been seen. */
  complete = false;
  /** What came is not HTTP. */
  malformed = false;
  #part: Part = 'head';
  /** Bytes of the body or of its chunk that are still to come. */
  #left = 0;
  /** The beginning of a head or of a line whose end has not come. */
  #pending: Buffer | null = null;

  constructor(private readonly method: string) {}

  get over(): boolean {
    return this.#part === 'over';
  }

  /**
   * Takes what has arrived; the buffer may be used for something else afterwards.
   * @returns how much of it belonged to the response
   */
  push(data: Buffer): number {
    let rest = data;
    while (rest.length > 0 && this.#part !== 'over') rest = this.#take(rest);
    return data.length - rest.length;
  }

  /** The connection has ended with a FIN: the end of a body that nothing else delimits. */
  end(): void {
    if (this.#part === 'body' && this.framing === 'close') this.#finish();
  }

  #take(data: Buffer): Buffer {
    switch (this.#part) {
      case 'head':
        return this.#takeHead(data);
      case 'body':
        return this.#takeBody(data, () => this.#finish());
      case 'chunk-data':
        return this.#takeBody(data, () => (this.#part = 'chunk-end'));
      case 'chunk-size':
        return this.#takeLine(data, (line) => this.#beginChunk(line));
      case 'chunk-end':
        return this.#takeChunkEnd(data);
      case 'trailers':
        return this.#takeLine(data, (line) => this.#takeTrailer(line));
      case 'over':
        return data;
    }
  }

  #takeHead(data: Buffer): Buffer {
    // Empty lines before it are passed over (RFC 9112, section 2.2).
    if (this.#pending === null && (data[0] === 0x0d || data[0] === 0x0a)) return data.subarray(1);
    const before = this.#pending?.length ?? 0;
    const all = this.#pending === null ? data : Buffer.concat([this.#pending, data]);
    const length = Math.min(VERSION.length, all.length);
    if (all.compare(VERSION, 0, length, 0, length) !== 0) return this.#fail();
    const end = all.indexOf(HEAD_END);
    if (end < 0) {
      if (all.length > MAX_HEAD_BYTES || /[^\r]\n|\r[^\n]/.test(all.toString('latin1'))) return this.#fail();
      // A copy: the buffer that it came in is used again.
      this.#pending = Buffer.from(all);
      return all.subarray(all.length);
    }
    this.#pending = null;
    const head = end > MAX_HEAD_BYTES ? null : parseHead(all.toString('latin1', 0, end));
    if (head === null) return this.#fail();
    const rest = data.subarray(end + HEAD_END.length - before);
    // An interim answer is not the answer; a switch of protocols was not asked for here.
    if (head.status === 101) return this.#fail();
    if (head.status >= 200) this.#begin(head);
    return rest;
  }

  #begin({ status, length, chunked, close }: ResponseHead): void {
    this.status = status;
    this.announcedClose = close;
    if (hasNoBody(this.method, status)) {
      this.framing = 'none';
      this.#finish();
    } else if (chunked) {
      this.framing = 'chunked';
      this.#part = 'chunk-size';
    } else if (length === null) {
      this.framing = 'close';
      this.#part = 'body';
      this.#left = Infinity;
    } else {
      this.framing = 'length';
      this.#part = 'body';
      this.#left = length;
      if (length === 0) this.#finish();
    }
  }

  #takeBody(data: Buffer, done: () => void): Buffer {
    const taken = Math.min(data.length, this.#left);
    this.bytes += taken;
    this.#left -= taken;
    if (this.#left === 0) done();
    return data.subarray(taken);
  }

  #takeLine(data: Buffer, use: (line: string) => unknown): Buffer {
    const before = this.#pending?.length ?? 0;
    const all = this.#pending === null ? data : Buffer.concat([this.#pending, data]);
    const end = all.indexOf('\r\n');
    const known = all.toString('latin1', 0, end < 0 ? all.length : end);
    // A line feed without its carriage return, or the other way round, is no end of a line.
    if (
      known.length > MAX_CHUNK_LINE ||
      /\n|\r./s.test(known) ||
      (this.#part === 'chunk-size' && !isSize(known, end < 0))
    )
      return this.#fail();
    if (end < 0) {
      this.#pending = Buffer.from(all);
      return all.subarray(all.length);
    }
    this.#pending = null;
    use(known);
    return this.malformed ? all.subarray(all.length) : data.subarray(end + 2 - before);
  }

  #beginChunk(line: string): void {
    this.#left = Number.parseInt(line, 16);
    this.#part = this.#left === 0 ? 'trailers' : 'chunk-data';
  }

  #takeTrailer(line: string): void {
    if (line === '') this.#finish();
    else if (parseField(line) === null) this.#fail();
  }

  #takeChunkEnd(data: Buffer): Buffer {
    const wanted = this.#pending === null ? 0x0d : 0x0a;
    if (data[0] !== wanted) return this.#fail();
    if (wanted === 0x0d) this.#pending = Buffer.from('\r');
    else {
      this.#pending = null;
      this.#part = 'chunk-size';
    }
    return data.subarray(1);
  }

  #finish(): void {
    this.complete = true;
    this.#part = 'over';
  }

  #fail(): Buffer {
    this.malformed = true;
    this.#part = 'over';
    this.#pending = null;
    return Buffer.alloc(0);
  }
}

/** A chunk's size in hexadecimal, with what may stand after it. A line that is not whole may be the beginning of one. */
function isSize(line: string, partial: boolean): boolean {
  if (partial && line === '') return true;
  return /^[0-9a-f]{1,13}(?:;[^\r\n]*)?\r?$/i.test(line);
}
