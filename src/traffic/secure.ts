import { connect, type TLSSocket } from 'node:tls';
import { certificateOptions, type Origin } from '../plan/origin.js';
import { withoutContinue } from './continue.js';
import { Relay } from './relay.js';
import type { WatchedSocket } from './watched-socket.js';

/** What was agreed on when TLS came to stand, and what is wrong with the certificate. */
export interface TlsAgreement {
  protocol: string;
  /** The protocol that was chosen by ALPN, or null when the target chose none. */
  alpn: string | null;
  authorized: boolean;
  problem: string | null;
}

export interface Layered {
  /** To be spoken over; may be written to at once. */
  stream: WatchedSocket | SecureStream;
  /** Rejects when TLS does not come to stand; a rejection that nobody waits for is not reported. Null without TLS. */
  secured: Promise<TlsAgreement> | null;
}

/**
 * Lays TLS over a socket where the origin wants it. The socket stays the witness of the ending.
 * @param alpn the protocols to offer, the best first
 */
export function layered(socket: WatchedSocket, origin: Origin, alpn: readonly string[] = ['http/1.1']): Layered {
  const { tls, host, socketPath } = origin;
  if (tls === undefined) return { stream: socket, secured: null };
  const inner = connect({
    socket,
    // The name that the certificate must have when nothing else is said. It is not sent: SNI knows no addresses.
    host: socketPath === undefined ? host : 'localhost',
    ALPNProtocols: [...alpn],
    ...certificateOptions(tls),
  });
  const secured = new Promise<TlsAgreement>((resolve, reject) => {
    inner.once('secureConnect', () => resolve(agreementOf(inner)));
    inner.once('error', (error: Error) => reject(plainError(error)));
    inner.once('close', () => reject(new Error('the connection ended before TLS stood')));
  });
  secured.catch(() => undefined);
  return { stream: new SecureStream(socket, inner), secured };
}

/** OpenSSL's messages name its source files; the reason is what a person can read. */
function plainError(error: Error & { reason?: string }): Error {
  return new Error(error.reason ?? error.message, { cause: error });
}

function agreementOf(inner: TLSSocket): TlsAgreement {
  // Typed as an error; it is the code of one.
  const problem = inner.authorized ? null : String(inner.authorizationError);
  const alpn = typeof inner.alpnProtocol === 'string' ? inner.alpnProtocol : null;
  return { protocol: inner.getProtocol() ?? 'unknown', alpn, authorized: inner.authorized, problem };
}

/** The plain side of TLS, which is readable in JavaScript whoever speaks over it. */
export class SecureStream extends Relay {
  constructor(
    private readonly socket: WatchedSocket,
    private readonly inner: TLSSocket,
  ) {
    super();
    inner.on('data', (chunk: Buffer) => {
      const rest = withoutContinue(chunk);
      if (rest.length > 0) this.push(rest);
    });
    inner.on('end', () => {
      // Either close_notify, or the end of the socket, which then has been settled already.
      socket.endedAbove('target');
      if (socket.answersFin) inner.end();
      this.push(null);
    });
    inner.on('error', (error: Error) => this.destroy(plainError(error)));
    inner.on('close', () => this.finish());
  }

  /** Everything that was written to it has been handed to the system, encrypted. */
  get flushed(): boolean {
    return this.writableLength + this.inner.writableLength === 0 && this.socket.flushed;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    // As below: what cannot be sent any more is dropped.
    if (this.inner.writableEnded || this.inner.destroyed) callback();
    else this.inner.write(chunk, encoding, () => callback());
  }

  override _final(callback: () => void): void {
    this.socket.endedAbove('tester');
    this.inner.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.inner.destroy();
    callback(error);
  }
}
