import type { Origin } from '../plan/origin.js';
import { HttpConnection } from './http-connection.js';
import type { HttpOutcome, HttpRequest } from './http-message.js';
import { Http2Connection } from './http2-connection.js';
import type { Goaway } from './http2-frames.js';
import type { TlsAgreement } from './secure.js';
import type { WatchedSocket } from './watched-socket.js';

/** A connection of ours on which requests are sent, in whatever version of HTTP. It never reconnects. */
export interface Connection {
  /** The witness of how it ended. */
  readonly socket: WatchedSocket;
  /** What TLS agreed on; rejects when it did not come to stand, null without it. */
  readonly secured: Promise<TlsAgreement> | null;
  /** Open, and not announced to be closed, as far as is known: another request may be sent. */
  readonly usable: boolean;
  /** What was asked has been handed to the system; of a body that is pulled, as much as there was. */
  isSent: () => boolean;
  /**
   * Sends one request and follows it to its ending; never rejects.
   * @param onHead called when the final response head has arrived
   * @param timeoutMs when to give up waiting; 0 for never
   */
  request: (request: HttpRequest, onHead?: () => void, timeoutMs?: number) => Promise<HttpOutcome>;
  /** Says that nothing more will be asked, as a client that is done does. */
  close: () => void;
  /** Ends it ourselves, at once. */
  abandon: () => void;
}

export interface ConnectionOptions {
  /** Called for each GOAWAY; HTTP/2 only. */
  onGoaway?: (goaway: Goaway) => void;
}

/** Opens a connection that speaks what the origin speaks. */
export function openConnection(origin: Origin, { onGoaway }: ConnectionOptions = {}): Connection {
  return origin.http2 === true ? new Http2Connection(origin, onGoaway) : new HttpConnection(origin);
}
