import { Client, type Dispatcher } from 'undici';
import { requestOrigin, type Origin } from '../plan/origin.js';
import type { Framing } from '../recording/events.js';
import { endingOf } from './ending.js';
import { hasNoBody, LONGEST_KEPT, type HttpOutcome, type HttpRequest } from './http-message.js';
import { layered, type SecureStream, type TlsAgreement } from './secure.js';
import { WatchedSocket } from './watched-socket.js';

export type { HttpOutcome, HttpRequest };

/** Header and body bytes beyond this are a hostile target; heads are bounded by the parser. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * One connection of ours, spoken to with undici: the message is the library's, the ending is the socket's. Requests
 * on it go one after another. It never reconnects.
 */
export class HttpConnection {
  readonly socket: WatchedSocket;
  /** What TLS agreed on; null without it. */
  readonly secured: Promise<TlsAgreement> | null;
  readonly #stream: WatchedSocket | SecureStream;
  readonly #client: Client;
  /** The library has begun to write a request. */
  #begun = false;

  constructor(origin: Origin) {
    this.socket = new WatchedSocket(origin);
    const { stream, secured } = layered(this.socket, origin);
    this.#stream = stream;
    this.secured = secured;
    let handedOver = false;
    this.#client = new Client(requestOrigin(origin), {
      connect: (_options, callback) => {
        // undici would open a second connection when the first is gone; that would be another client.
        const again = handedOver;
        handedOver = true;
        const open: Promise<unknown> = secured ?? this.socket.connected;
        const standing = open.then(() => !again && this.socket.socketEnd === null);
        const ended = this.socket.ended.then(() => false);
        const fail = (error: Error) => callback(error, null);
        const failToSecure = ({ message }: Error) => fail(new Error(`TLS: ${message}`));
        // It wants a net.Socket but uses the stream part of it only, and must not be called back at once.
        Promise.race([standing, ended]).then((usable) => {
          if (usable) callback(null, this.#stream as never);
          else fail(new Error('the connection is gone'));
        }, failToSecure);
      },
      pipelining: 1,
      // The target decides when a connection ends, not our client.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 600_000,
      keepAliveMaxTimeout: 600_000,
      maxHeaderSize: MAX_HEAD_BYTES,
    });
  }

  /** Open, as far as is known: another request may be sent. */
  get usable(): boolean {
    return this.socket.socketEnd === null;
  }

  /** What was asked has been handed to the system; of a body that is pulled, as much as there was. */
  isSent(): boolean {
    return this.#begun && this.#stream.flushed;
  }

  /**
   * Sends one request and follows it to its ending.
   * @param onHead called when the final response head has arrived
   * @param timeoutMs when to give up waiting; 0 for never
   */
  request(request: HttpRequest, onHead: () => void = () => undefined, timeoutMs = 0): Promise<HttpOutcome> {
    return new Promise((resolve) => {
      const seen: Omit<HttpOutcome, 'ending' | 'socketEnd'> = {
        status: null,
        bytes: 0,
        framing: null,
        announcedClose: null,
        detail: null,
      };
      let over = false;
      const finish = (complete: boolean, timedOut: boolean) => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        const { socketEnd } = this.socket;
        resolve({ ...seen, socketEnd, ending: endingOf({ ...seen, complete, socketEnd, timedOut }) });
        if (timedOut) this.abandon();
      };
      const timer = timeoutMs > 0 ? setTimeout(() => finish(false, true), timeoutMs) : undefined;
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => void (this.#begun = true),
        onResponseStart: (_controller, status, headers) => {
          if (status < 200) return;
          seen.status = status;
          seen.framing = framingOf(request.method, status, headers);
          seen.announcedClose = /\bclose\b/i.test(String(headers['connection'] ?? ''));
          if (request.answer !== undefined)
            for (const [name, value] of Object.entries(headers)) request.answer.headers[name] = String(value);
          onHead();
        },
        onResponseData: (_controller, chunk) => {
          seen.bytes += chunk.length;
          if (request.answer !== undefined && request.answer.body.length < LONGEST_KEPT)
            request.answer.body += chunk.toString('utf8');
        },
        onResponseEnd: () => finish(true, false),
        onResponseError: (_controller, error) => {
          seen.detail = this.socket.socketEnd === null ? error.message.slice(0, 200) : null;
          finish(false, false);
        },
      };
      this.#client.dispatch(
        {
          method: request.method,
          path: request.path,
          headers: headersOf(request),
          body: request.body as never,
          reset: request.close,
        },
        handler,
      );
    });
  }

  /** Says that nothing more will be asked, as a client that is done does. */
  close(): void {
    this.#stream.end();
  }

  /** Ends it ourselves. */
  abandon(): void {
    this.socket.abandon();
    this.#client.destroy().catch(() => undefined);
  }
}

function headersOf(request: HttpRequest): string[] {
  const length = request.length === null ? [] : ['content-length', String(request.length)];
  return ['user-agent', 'drain-check', ...length, ...request.headers.flat()];
}

function framingOf(method: string, status: number, headers: Record<string, string | string[] | undefined>): Framing {
  if (hasNoBody(method, status)) return 'none';
  if (/\bchunked\b/i.test([headers['transfer-encoding']].flat().join())) return 'chunked';
  return headers['content-length'] === undefined ? 'close' : 'length';
}
