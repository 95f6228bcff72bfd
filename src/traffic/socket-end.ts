import { assertNotOurs } from '../errors.js';

/** How a socket ended: by the target's FIN or RST, refused, by another error, or by ourselves. */
export type SocketEnd = 'fin' | 'rst' | 'refused' | 'error' | 'tester';

/** How the target ended its half. */
export type PeerEnd = 'fin' | 'rst';

const ENDS: Readonly<Record<string, Exclude<SocketEnd, 'tester'>>> = {
  ECONNREFUSED: 'refused',
  // The file of a Unix socket is gone, which is how one is closed for good.
  ENOENT: 'refused',
  ECONNRESET: 'rst',
  // On Linux it says that the FIN was there before the RST, which only answers what we wrote after it; on a Unix socket,
  // that the target has closed. A RST without a FIN is ECONNRESET. Other systems say EPIPE for both.
  EPIPE: process.platform === 'linux' ? 'fin' : 'rst',
};

/**
 * What an error of a socket says of its end.
 * @throws the error, when it was we who could not connect
 */
export function endOf(error: NodeJS.ErrnoException): Exclude<SocketEnd, 'tester'> {
  assertNotOurs(error);
  return ENDS[error.code ?? ''] ?? 'error';
}

/** The end of a socket as it becomes known: of the whole, by the first who ended it, and of the target's half. */
export class SocketEnding {
  /** Settles with the way the connection ended; never rejects. */
  readonly ended: Promise<SocketEnd>;
  /** Settles with the way the target ended its half, or with null when the socket is gone without that. */
  readonly peerEnded: Promise<PeerEnd | null>;
  end: SocketEnd | null = null;
  peerEnd: PeerEnd | null = null;
  /** We have begun to end it, or are about to. */
  byTester = false;
  #settle: (end: SocketEnd) => void = () => undefined;
  #settlePeer: (end: PeerEnd | null) => void = () => undefined;

  constructor() {
    this.ended = new Promise((resolve) => (this.#settle = resolve));
    this.peerEnded = new Promise((resolve) => (this.#settlePeer = resolve));
  }

  settle(end: SocketEnd): void {
    if (this.end !== null) return;
    // The FIN that answers ours is not the target's decision.
    this.end = end === 'fin' && this.byTester ? 'tester' : end;
    this.#settle(this.end);
  }

  /** The target has ended its half. */
  settlePeer(end: PeerEnd): void {
    this.peerEnd ??= end;
    this.#settlePeer(this.peerEnd);
    this.settle(end);
  }

  /** Nothing is left of the socket. */
  gone(): void {
    this.settle(this.byTester ? 'tester' : 'error');
    this.#settlePeer(this.peerEnd);
  }
}
