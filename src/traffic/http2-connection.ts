import { connect, type ClientHttp2Session } from 'node:http2';
import { requestOrigin, type Origin } from '../plan/origin.js';
import type { HttpOutcome, HttpRequest } from './http-message.js';
import { Http2Frames, type Goaway } from './http2-frames.js';
import { Http2Exchange } from './http2-exchange.js';
import { layered, type SecureStream, type TlsAgreement } from './secure.js';
import { WatchedSocket } from './watched-socket.js';

/**
 * One HTTP/2 connection of ours: the message is Node's, what the server said of a stream is the frames', and how the
 * connection ended is the socket's. Several requests may be under way at once. It never reconnects.
 */
export class Http2Connection {
  readonly socket: WatchedSocket;
  /** What TLS agreed on; null without it. */
  readonly secured: Promise<TlsAgreement> | null;
  readonly #stream: WatchedSocket | SecureStream;
  readonly #frames: Http2Frames;
  readonly #ready: Promise<ClientHttp2Session>;
  readonly #open = new Set<Http2Exchange>();
  #session: ClientHttp2Session | null = null;
  /** Why Node gave the session up; null while it has not. */
  #problem: string | null = null;
  #closed = false;

  constructor(origin: Origin, onGoaway: (goaway: Goaway) => void = () => undefined) {
    this.socket = new WatchedSocket(origin);
    this.#frames = new Http2Frames(
      (goaway) => {
        // Node answers it by closing; on an idle connection that is the target's decision.
        if (this.#open.size === 0) this.socket.endedAbove('target');
        onGoaway(goaway);
      },
      () => this.#lose(new Error('what the target says is not HTTP/2')),
    );
    const { stream, secured } = layered(this.socket, origin, ['h2']);
    this.#stream = stream;
    this.secured = secured;
    this.#ready = secured === null ? Promise.resolve(this.#speak(origin)) : this.#speakSecurely(origin, secured);
    this.#ready.catch((error: unknown) => this.#lose(error));
  }

  /** Open, as far as is known, and without a GOAWAY: another request may be sent. */
  get usable(): boolean {
    return this.socket.socketEnd === null && this.#frames.goaway === null && this.#problem === null && !this.#closed;
  }

  /** What was asked, on all streams, has been handed to the system; of a body that is pulled, as much as there was. */
  isSent(): boolean {
    if (this.#session === null || (this.#session.state.outboundQueueSize ?? 0) > 0) return false;
    return [...this.#open].every((exchange) => exchange.isSent()) && this.#stream.flushed;
  }

  /**
   * Sends one request and follows it to its ending.
   * @param onHead called when the final response head has arrived
   * @param timeoutMs when to give up waiting; 0 for never. The connection is given up with the last of its requests
   */
  async request(request: HttpRequest, onHead: () => void = () => undefined, timeoutMs = 0): Promise<HttpOutcome> {
    const exchange = new Http2Exchange(request, this.#frames, onHead);
    this.#open.add(exchange);
    const timer = timeoutMs > 0 ? setTimeout(() => exchange.giveUp(), timeoutMs) : undefined;
    this.#ready.then(
      (session) => exchange.begin(session),
      () => exchange.end(),
    );
    const timedOut = await exchange.over;
    clearTimeout(timer);
    this.#open.delete(exchange);
    this.#leaveWhenIdle();
    const outcome = exchange.outcome(this.socket.socketEnd ?? (this.#closed ? 'tester' : null), this.#problem);
    if (timedOut && this.#open.size === 0) this.abandon();
    return outcome;
  }

  /** Says that nothing more will be asked, and ends our half when all that was asked is over. */
  close(): void {
    this.#closed = true;
    this.#leaveWhenIdle();
    this.#ready.then(
      (session) => {
        if (session.destroyed) this.#stream.end();
        else session.close();
      },
      () => this.#stream.end(),
    );
  }

  /** Ends it ourselves. */
  abandon(): void {
    this.#closed = true;
    this.socket.abandon();
    this.#session?.destroy();
    this.#stream.destroy();
  }

  /** Node says GOAWAY for us as soon as nothing is under way. */
  #leaveWhenIdle(): void {
    if (this.#closed && this.#open.size === 0) this.socket.endedAbove('tester');
  }

  async #speakSecurely(origin: Origin, secured: Promise<TlsAgreement>): Promise<ClientHttp2Session> {
    const { alpn } = await secured.catch((error: unknown) => {
      throw new Error(`TLS: ${error instanceof Error ? error.message : String(error)}`);
    });
    if (alpn !== 'h2') throw new Error(`the target chose ${alpn ?? 'nothing'} by ALPN, not h2`);
    return this.#speak(origin);
  }

  #speak(origin: Origin): ClientHttp2Session {
    // Before Node's own listener, so that what a frame said is known when Node acts on it.
    this.#stream.on('data', (chunk: Buffer) => this.#frames.read(chunk));
    const session = connect(requestOrigin(origin), {
      createConnection: () => this.#stream,
      settings: { enablePush: false },
    });
    this.#session = session;
    session.on('error', (error: Error) => (this.#problem ??= error.message));
    session.on('close', () => this.#lose(null));
    return session;
  }

  /** Nothing more will be heard on this connection. */
  #lose(error: unknown): void {
    if (error instanceof Error) this.#problem ??= error.message;
    for (const exchange of this.#open) exchange.end();
    if (this.socket.socketEnd === null) this.#stream.destroy();
  }
}
