import { WebSocket } from 'ws';
import { requestOrigin, type Origin } from '../plan/origin.js';
import type { Ending } from '../recording/events.js';
import { endingOf } from './ending.js';
import { layered } from './secure.js';
import { WatchedSocket, type SocketEnd } from './watched-socket.js';

/** How one WebSocket ended. */
export interface WebSocketOutcome {
  ending: Ending;
  /** 101 once it was upgraded; otherwise that of the response that came instead. */
  status: number | null;
  bytes: number;
  /** The close frame that came; 1005 for one without a code. */
  closeFrame: { code: number; reason: string } | null;
  socketEnd: SocketEnd | null;
  /** How the target ended the TCP connection; `open` when it had not by the time we let go. */
  tcp: 'fin' | 'rst' | 'open';
  detail: string | null;
}

/** A target that sends its close frame and keeps the TCP connection is waited for this long. Not in the types yet. */
const CLOSE_TIMEOUT: object = { closeTimeout: 1000 };
/** A message beyond this is a hostile target. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

export interface WebSocketOptions {
  subprotocols: readonly string[];
  headers: readonly [string, string][];
  /** How long the upgrade may take. Milliseconds. */
  timeoutMs: number;
  /** Called with each message; a binary one has no text. */
  onMessage?: (text: string) => void;
}

/** ws answers a close frame by calling its own `close`, which is the first that anybody outside hears of the frame. */
class TellingWebSocket extends WebSocket {
  onCloseFrame: (code: number, reason: string) => void = () => undefined;

  override close(code?: number, data?: string | Buffer): void {
    this.onCloseFrame(code ?? 1005, data === undefined ? '' : data.toString());
    super.close(code, data);
  }
}

/** One WebSocket of ours: ws speaks the protocol over a watched socket, which is the witness of its end. */
export class WebSocketConnection {
  readonly socket: WatchedSocket;
  /** Settles with whether it was upgraded. */
  readonly opened: Promise<boolean>;
  /** Settles when it is over; never rejects. */
  readonly done: Promise<WebSocketOutcome>;
  received = 0;
  #ws: TellingWebSocket;
  #status: number | null = null;
  #complete = false;
  #bytes = 0;
  #detail: string | null = null;
  #timedOut = false;
  #closeFrame: WebSocketOutcome['closeFrame'] = null;
  #closingOurselves = false;
  #finish: () => void = () => undefined;

  /** @param onCloseFrame called in the moment in which the close frame was read */
  constructor(origin: Origin, path: string, options: WebSocketOptions, onCloseFrame: () => void = () => undefined) {
    this.socket = new WatchedSocket(origin);
    const { stream } = layered(this.socket, origin);
    const url = `${requestOrigin(origin).replace(/^http/, 'ws')}${path}`;
    const ws = new TellingWebSocket(url, [...options.subprotocols], {
      // It wants a net.Socket but uses the stream part of it only.
      createConnection: () => stream as never,
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      ...CLOSE_TIMEOUT,
      headers: { 'user-agent': 'drain-check', ...Object.fromEntries(options.headers) },
    });
    this.#ws = ws;
    ws.onCloseFrame = (code, reason) => {
      if (this.#closingOurselves || this.#closeFrame !== null) return;
      this.#closeFrame = { code, reason: reason.slice(0, 123) };
      onCloseFrame();
    };
    // With a handler of its own for other answers, ws leaves the request to it.
    ws.on('unexpected-response', (_request, response) => {
      this.#status = response.statusCode ?? 0;
      response.on('data', (chunk: Buffer) => (this.#bytes += chunk.length));
      response.on('end', () => (this.#complete = true));
      response.on('error', () => undefined);
      response.on('close', () => this.#finish());
    });
    ws.on('message', (data, binary) => {
      this.received += 1;
      const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
      this.#bytes += bytes.length;
      options.onMessage?.(binary ? '' : bytes.subarray(0, 64 * 1024).toString('utf8'));
    });
    ws.on('error', (error: NodeJS.ErrnoException) => {
      // What is not WebSocket's language is closed by ws in the same way, and it says so right after.
      if (error.code?.startsWith('WS_ERR_') === true) this.#closeFrame = null;
      if (this.socket.socketEnd === null) this.#detail = error.message.slice(0, 200);
    });
    this.opened = new Promise((resolve) => {
      ws.once('open', () => {
        this.#status = 101;
        clearTimeout(timer);
        resolve(true);
      });
      ws.once('close', () => resolve(false));
      ws.once('unexpected-response', () => resolve(false));
    });
    const timer = setTimeout(() => {
      this.#timedOut = true;
      this.abandon();
    }, options.timeoutMs);
    this.done = new Promise((resolve) => {
      this.#finish = () => {
        clearTimeout(timer);
        resolve(this.#outcome());
      };
      // What the socket has to tell may come a moment after the library has closed.
      ws.once('close', () => {
        if (this.socket.peerEnd !== null || this.#closeFrame !== null) this.#finish();
        else void this.socket.ended.then(() => this.#finish());
      });
    });
  }

  get open(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  send(text: string): void {
    if (this.open) this.#ws.send(text, () => undefined);
  }

  ping(): void {
    if (this.open) this.#ws.ping(undefined, undefined, () => undefined);
  }

  /** From now on nothing is answered any more: no ping, no close frame, no FIN. */
  playDead(): void {
    this.#ws.pause();
    this.socket.playDead();
  }

  /** Ends it in order, as a client that has seen enough. */
  async close(): Promise<void> {
    this.#closingOurselves = true;
    if (this.open) this.#ws.close(1000);
    else this.socket.end();
    await this.done;
  }

  /** Ends it ourselves, at once. */
  abandon(): void {
    this.#closingOurselves = true;
    this.socket.abandon();
    this.#ws.terminate();
    this.#finish();
  }

  #outcome(): WebSocketOutcome {
    const { socketEnd, peerEnd } = this.socket;
    const seen = { status: this.#status, complete: this.#complete, framing: null, socketEnd, timedOut: this.#timedOut };
    return {
      ending: this.#status === 101 ? this.#endingWhenOpen() : endingOf(seen),
      status: this.#status,
      bytes: this.#bytes,
      closeFrame: this.#closeFrame,
      socketEnd,
      tcp: peerEnd ?? 'open',
      detail: this.#detail,
    };
  }

  /** Once it is open, a close frame is what makes an end orderly; without one FIN and RST both are code 1006. */
  #endingWhenOpen(): Ending {
    if (this.#closeFrame !== null) return 'answered';
    const { socketEnd } = this.socket;
    if (socketEnd === 'fin') return 'closed';
    if (socketEnd === 'rst') return 'reset';
    // What is not WebSocket's language makes us end it, and is the target's doing.
    return this.#closingOurselves || this.#detail === null ? 'ended-by-tester' : 'short';
  }
}
