import { connect, type Socket } from 'node:net';
import { originUrl, type Origin } from '../plan/origin.js';
import { withoutContinue } from './continue.js';
import { Relay } from './relay.js';
import { endOf, SocketEnding, type PeerEnd, type SocketEnd } from './socket-end.js';

export type { PeerEnd, SocketEnd };

export interface WatchedSocketOptions {
  /** Whether the target's FIN is answered with ours; see `playDead`. */
  answerFin?: boolean;
  /** Whether nothing is ever read, from the beginning on. */
  deaf?: boolean;
}

/**
 * All that are open, by where they lead. Whoever opens one closes it, or the target does when it dies; but what was
 * being tried when a run failed or was interrupted is in nobody's hands, and a target that we did not start lives on.
 */
const open = new Map<string, Set<WatchedSocket>>();
/** Where nobody wants to go any more. */
const left = new Set<string>();

/** From now on a target may be connected to. */
export function allowConnections(origin: Origin): void {
  left.delete(originUrl(origin));
}

/**
 * Closes what is still open to a target, so gently that it need not be prepared for it, and whatever is still begun by
 * somebody who has not heard yet that the run is over.
 */
export function closeConnections(origin: Origin): void {
  left.add(originUrl(origin));
  for (const socket of open.get(originUrl(origin)) ?? []) socket.leave();
}

/**
 * A socket of ours that is the witness of how a connection ended. It is opened by us, always flowing and half-open,
 * because that is the only way to tell FIN from RST; protocol libraries speak over it as a stream.
 */
export class WatchedSocket extends Relay {
  /** Settles when the connection to the port or the Unix socket stands; never if it does not (see `ended`). */
  readonly connected: Promise<void>;
  readonly #raw: Socket;
  readonly #ending = new SocketEnding();
  readonly #isUnix: boolean;
  #answerFin: boolean;

  constructor(origin: Origin, { answerFin = true, deaf = false }: WatchedSocketOptions = {}) {
    super();
    this.#answerFin = answerFin;
    this.#isUnix = origin.socketPath !== undefined;
    this.#raw = connect({ ...addressOf(origin), allowHalfOpen: true, noDelay: true });
    this.connected = new Promise((resolve) => this.#raw.once('connect', resolve));
    // Paused before anybody listens for data, or the first read would be under way already.
    if (deaf) this.#raw.pause();
    this.#raw.on('data', (chunk: Buffer) => {
      const rest = withoutContinue(chunk);
      if (rest.length > 0) this.push(rest);
    });
    this.#raw.on('end', () => this.#onEnd());
    this.#raw.on('error', (error: NodeJS.ErrnoException) => this.#onError(error));
    const where = originUrl(origin);
    const others = open.get(where) ?? new Set();
    open.set(where, others.add(this));
    if (left.has(where)) setImmediate(() => this.leave());
    this.#raw.on('close', () => {
      others.delete(this);
      this.#ending.gone();
      this.finish();
    });
  }

  /** How it ended, or null while it stands. */
  get socketEnd(): SocketEnd | null {
    return this.#ending.end;
  }

  /** Settles with the way the connection ended; never rejects. */
  get ended(): Promise<SocketEnd> {
    return this.#ending.ended;
  }

  /**
   * How the target ended its half, or null while it has not; known also when we had ended ours before. A RST that
   * comes with data after our own FIN looks like a FIN: there is nothing left that we could write to tell them apart.
   */
  get peerEnd(): PeerEnd | null {
    return this.#ending.peerEnd;
  }

  /** Settles with the way the target ended its half, or with null when the socket is gone without that. */
  get peerEnded(): Promise<PeerEnd | null> {
    return this.#ending.peerEnded;
  }

  /** Everything that was written to it has been handed to the system. */
  get flushed(): boolean {
    const unsent = this.writableLength + this.#raw.writableLength;
    return !this.#raw.connecting && this.#raw.bytesWritten > 0 && unsent === 0;
  }

  /** Whether the target's FIN is answered with ours. */
  get answersFin(): boolean {
    return this.#answerFin;
  }

  get localPort(): number {
    return this.#raw.localPort ?? 0;
  }

  /** Reads no more, as a client that hangs; a few buffers later the target notices. The witness may miss an end. */
  pauseReading(): void {
    this.#raw.pause();
  }

  /**
   * From now on we never close, whatever the target does and the library wants: a peer that is gone without a word. It
   * goes on reading, as the kernel of such a peer would. Only `abandon` ends it.
   */
  playDead(): void {
    this.#answerFin = false;
  }

  /**
   * Goodbye was said on a layer above, TLS's close_notify or an idle connection's GOAWAY, which ends a connection as a
   * FIN does. The FINs follow and are the doing of whoever said it first.
   */
  endedAbove(by: 'target' | 'tester'): void {
    if (by === 'tester') this.#ending.byTester = true;
    else this.#ending.settle('fin');
  }

  /** Ends the connection ourselves; what has not ended before is ended by the tester. */
  abandon(): void {
    this.#ending.byTester = true;
    this.#ending.settle('tester');
    // A RST leaves nothing in TIME_WAIT. Unix sockets know none. libuv refuses it on a socket that is being shut down,
    // and Node then keeps the handle for ever and spins at its exit.
    if (this.#isUnix || this.#raw.writableEnded || this.#raw.connecting) this.#raw.destroy();
    else this.#raw.resetAndDestroy();
    this.destroy();
  }

  /** Ends the connection ourselves, with a FIN where there is nothing unread. */
  leave(): void {
    this.#ending.byTester = true;
    this.#ending.settle('tester');
    this.#raw.destroy();
    this.destroy();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // What cannot be sent any more is dropped: an error would throw away what the library is still to be given.
    if (this.#raw.writableEnded || this.#raw.destroyed) callback();
    else this.#raw.write(chunk, encoding, () => callback());
  }

  override _final(callback: () => void): void {
    if (this.#answerFin) {
      this.#ending.byTester = true;
      this.#raw.end();
    }
    callback();
  }

  /** A library that lets go (after `Connection: close`, or on an error) closes our half; the target may close first. */
  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#raw.destroyed && this.#answerFin) {
      this.#ending.byTester = true;
      this.#raw.end();
      this.#raw.setTimeout(1000, () => this.#raw.destroy());
    }
    callback(error);
  }

  /**
   * libuv may report a RST that arrives together with data as the end of the stream. A write of nothing sends no
   * packet and fails after a RST, which tells the two apart as long as we may write.
   */
  #onEnd(): void {
    const settle = (end: PeerEnd) => {
      this.#ending.settlePeer(end);
      // Answer FIN with FIN: a client that stays half-open keeps some servers alive.
      if (this.#answerFin) this.#raw.end();
      this.push(null);
    };
    if (this.#raw.writableEnded) settle('fin');
    else
      this.#raw.write(Buffer.alloc(0), (error?: NodeJS.ErrnoException | null) =>
        settle(error && endOf(error) !== 'fin' ? 'rst' : 'fin'),
      );
  }

  #onError(error: NodeJS.ErrnoException): void {
    const end = endOf(error);
    if (end === 'fin' || end === 'rst') {
      this.#ending.settlePeer(end);
      this.finish();
    } else {
      this.#ending.settle(end);
      this.destroy(error);
    }
  }
}

function addressOf({ host, port, socketPath }: Origin): { path: string } | { host: string; port: number } {
  return socketPath === undefined ? { host, port } : { path: socketPath };
}
