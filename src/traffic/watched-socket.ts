import { connect as connectTcp, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Origin } from '../plan/origin.js';

/** How a socket ended: by the target's FIN or RST, refused, by another error, or by ourselves. */
export type SocketEnd = 'fin' | 'rst' | 'refused' | 'error' | 'tester';

const CONTINUE = 'HTTP/1.1 100 ';

/**
 * A socket of ours that is the witness of how a connection ended. It is opened by us, always flowing and half-open,
 * because that is the only way to tell FIN from RST; protocol libraries speak over it as a stream.
 */
export class WatchedSocket extends Duplex {
  /** Settles when the TCP connection stands; never if it does not (see `ended`). */
  readonly connected: Promise<void>;
  /** Settles with the way the connection ended; never rejects. */
  readonly ended: Promise<SocketEnd>;
  readonly #raw: Socket;
  #end: SocketEnd | null = null;
  #settleEnd: (end: SocketEnd) => void = () => undefined;
  #byTester = false;

  constructor(origin: Origin) {
    super({ allowHalfOpen: true, autoDestroy: false, emitClose: true });
    this.#raw = connectTcp({ ...origin, allowHalfOpen: true, noDelay: true });
    this.ended = new Promise((resolve) => (this.#settleEnd = resolve));
    this.connected = new Promise((resolve) => this.#raw.once('connect', resolve));
    // A library may have let go of the stream by the time the socket errs.
    this.on('error', () => undefined);
    this.#raw.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.#raw.on('end', () => this.#onEnd());
    this.#raw.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    this.#raw.on('close', () => {
      this.#settle(this.#byTester ? 'tester' : 'error');
      this.destroy();
    });
  }

  /** How it ended, or null while it stands. */
  get socketEnd(): SocketEnd | null {
    return this.#end;
  }

  /** Everything that was written to it has been handed to the system. */
  get flushed(): boolean {
    return !this.#raw.connecting && this.#raw.bytesWritten > 0 && this.#raw.writableLength === 0;
  }

  get localPort(): number {
    return this.#raw.localPort ?? 0;
  }

  /** Ends the connection ourselves; what has not ended before is ended by the tester. */
  abandon(): void {
    this.#byTester = true;
    this.#settle('tester');
    // A RST leaves nothing in TIME_WAIT. libuv refuses it on a socket that is being shut down, and Node then keeps
    // the handle for ever and spins at its exit.
    if (this.#raw.writableEnded || this.#raw.connecting) this.#raw.destroy();
    else this.#raw.resetAndDestroy();
    this.destroy();
  }

  /** undici keeps processes alive by these; this socket's life is managed elsewhere. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    // The raw socket is always flowing: a paused socket that meets a RST loses what it had already received.
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#raw.write(chunk, encoding, callback);
  }

  override _final(callback: () => void): void {
    this.#byTester = true;
    this.#raw.end();
    callback();
  }

  /** A library that lets go (after `Connection: close`, or on an error) closes our half; the target may close first. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#raw.destroyed) {
      this.#byTester = true;
      this.#raw.end();
      this.#raw.setTimeout(1000, () => this.#raw.destroy());
    }
    callback(error);
  }

  /**
   * A server may say `100 Continue` without having been asked (RFC 9110, section 15.2); undici takes that for a broken
   * response, so it is passed over here.
   */
  #onData(chunk: Buffer): void {
    let rest = chunk;
    while (rest.subarray(0, CONTINUE.length).toString('latin1') === CONTINUE) {
      const end = rest.indexOf('\r\n\r\n');
      if (end < 0) break;
      rest = rest.subarray(end + 4);
    }
    if (rest.length > 0) this.push(rest);
  }

  /**
   * libuv may report a RST that arrives together with data as the end of the stream. A write of nothing sends no
   * packet and fails after a RST, which tells the two apart.
   */
  #onEnd(): void {
    this.#raw.write(Buffer.alloc(0), (error) => {
      this.#settle(error === undefined || error === null ? 'fin' : 'rst');
      // Answer FIN with FIN: a client that stays half-open keeps some servers alive.
      this.#raw.end();
      this.push(null);
    });
  }

  #onError(error: NodeJS.ErrnoException): void {
    const reset = error.code === 'ECONNRESET' || error.code === 'EPIPE';
    this.#settle(error.code === 'ECONNREFUSED' ? 'refused' : reset ? 'rst' : 'error');
    this.destroy(error);
  }

  #settle(end: SocketEnd): void {
    if (this.#end !== null) return;
    // The FIN that answers ours is not the target's decision.
    this.#end = end === 'fin' && this.#byTester ? 'tester' : end;
    this.#settleEnd(this.#end);
  }
}
