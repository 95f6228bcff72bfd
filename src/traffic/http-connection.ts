import { Client, type Dispatcher } from 'undici';
import { originUrl, type Origin } from '../plan/origin.js';
import type { Ending, Framing } from '../recording/events.js';
import { endingOf } from './ending.js';
import { WatchedSocket, type SocketEnd } from './watched-socket.js';

export interface HttpRequest {
  method: string;
  path: string;
  headers: readonly [string, string][];
  /** Sent at once when it is a buffer; pulled when it is iterable, which needs `length`. */
  body: Buffer | AsyncIterable<Buffer> | null;
  /** Length of an iterable body in bytes. */
  length: number | null;
  /** Whether to say `Connection: close`. */
  close: boolean;
}

/** How one request on a connection ended. */
export interface HttpOutcome {
  ending: Ending;
  status: number | null;
  bytes: number;
  framing: Framing | null;
  announcedClose: boolean | null;
  socketEnd: SocketEnd | null;
  detail: string | null;
}

/** Header and body bytes beyond this are a hostile target; heads are bounded by the parser. */
const MAX_HEAD_BYTES = 64 * 1024;

/**
 * One connection of ours, spoken to with undici: the message is the library's, the ending is the socket's. Requests
 * on it go one after another. It never reconnects.
 */
export class HttpConnection {
  readonly socket: WatchedSocket;
  readonly #client: Client;

  constructor(origin: Origin) {
    this.socket = new WatchedSocket(origin);
    let handedOver = false;
    this.#client = new Client(originUrl(origin), {
      connect: (_options, callback) => {
        // undici would open a second connection when the first is gone; that would be another client.
        const again = handedOver;
        handedOver = true;
        const standing = this.socket.connected.then(() => !again && this.socket.socketEnd === null);
        const ended = this.socket.ended.then(() => false);
        // It wants a net.Socket but uses the stream part of it only, and must not be called back at once.
        void Promise.race([standing, ended]).then((usable) => {
          if (usable) callback(null, this.socket as never);
          else callback(new Error('the connection is gone'), null);
        });
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
        onRequestStart: () => undefined,
        onResponseStart: (_controller, status, headers) => {
          if (status < 200) return;
          seen.status = status;
          seen.framing = framingOf(request.method, status, headers);
          seen.announcedClose = /\bclose\b/i.test(String(headers['connection'] ?? ''));
          onHead();
        },
        onResponseData: (_controller, chunk) => {
          seen.bytes += chunk.length;
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
  if (method === 'HEAD' || status === 204 || status === 304) return 'none';
  if (/\bchunked\b/i.test([headers['transfer-encoding']].flat().join())) return 'chunked';
  return headers['content-length'] === undefined ? 'close' : 'length';
}
