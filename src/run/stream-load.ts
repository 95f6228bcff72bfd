import type { ExchangeKind } from '../recording/events.js';
import type { Origin } from '../plan/origin.js';
import type { Exchanges } from '../traffic/exchanges.js';
import type { GrpcConnection } from '../traffic/grpc.js';
import { assertCalled, holdGrpc, type HeldGrpc } from '../traffic/held-grpc.js';
import { holdStream, streamRequest } from '../traffic/held-stream.js';
import { HeldWebSocket } from '../traffic/held-websocket.js';
import type { HeldWork } from '../traffic/held-work.js';
import type { KnownWork, RunContext } from './context.js';

/** Of each kind, for each path: enough to tell one that is forgotten from all that are. */
const OF_EACH = 2;
const OPEN_TIMEOUT_MS = 5000;
/** New WebSockets come this often, begin this long after the signal, and are so many at once at the most. */
const NEW_EVERY_MS = 100;
const NEW_FIRST_MS = 75;
const NEW_AT_ONCE = 10;
const NEW_TIMEOUT_MS = 1000;

/** Streams and WebSockets that are open across the signal, and the new WebSockets that come after it. */
export class StreamLoad {
  readonly #opened: { kind: ExchangeKind; work: HeldWork }[] = [];
  readonly #webSockets: HeldWebSocket[] = [];
  readonly #grpc: GrpcConnection[] = [];
  readonly #calls: HeldGrpc[] = [];
  #timer: NodeJS.Timeout | undefined;
  #new = new Set<HeldWebSocket>();

  /** @param alone the one kind to open, or null for all of them */
  constructor(
    private readonly context: RunContext,
    private readonly exchanges: Exchanges,
    private readonly origin: Origin,
    private readonly work: KnownWork,
    private readonly alone: ExchangeKind | null,
  ) {
    for (const path of work.streams)
      this.#times('stream', () => holdStream(exchanges, origin, 'stream', streamRequest(path, context.plan.headers)));
    for (const path of work.websockets) {
      for (const kind of ['quiet-websocket', 'talking-websocket'] as const)
        this.#times(kind, () => this.#remember(this.#webSocket(kind, path, OPEN_TIMEOUT_MS)));
    }
    this.#openGrpcStreams();
  }

  /** All that is open across the signal. */
  get held(): HeldWork[] {
    return this.#opened.map(({ work }) => work);
  }

  /** @throws DrainCheckError `grpc-failed` for a call that had failed by now */
  assertHeld(): void {
    assertCalled(this.#calls);
  }

  /** The signal was sent at this time of the recording. */
  signalled(at: number): void {
    for (const webSocket of this.#webSockets) webSocket.signalled(at);
    const [path] = this.work.websockets;
    // In a life that isolates one kind, what comes anew would blur it.
    if (path === undefined || this.alone !== null) return;
    this.#timer = setTimeout(() => {
      const knock = () => {
        if (this.#new.size < NEW_AT_ONCE) this.#openNew(path);
      };
      knock();
      this.#timer = setInterval(knock, NEW_EVERY_MS);
    }, NEW_FIRST_MS);
  }

  /** Opens no more. */
  stop(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#timer);
  }

  /** The kinds that the target has not ended; new WebSockets are not among them. */
  openKinds(): ExchangeKind[] {
    return [...new Set(this.#opened.filter(({ work }) => !work.over()).map(({ kind }) => kind))];
  }

  /** Every client leaves. */
  leave(): void {
    for (const { work } of this.#opened) work.connection.abandon();
    this.close();
  }

  close(): void {
    this.stop();
    for (const webSocket of this.#new) webSocket.connection.abandon();
    for (const connection of this.#grpc) connection.close();
  }

  #times(kind: ExchangeKind, open: () => HeldWork): void {
    if (this.alone !== null && this.alone !== kind) return;
    for (let i = 0; i < OF_EACH; i++) this.#opened.push({ kind, work: open() });
  }

  #openGrpcStreams(): void {
    const { grpc } = this.work;
    if (grpc === null) return;
    for (const call of this.context.plan.grpc.filter((one) => grpc.streams(one))) {
      const connection = grpc.open(this.origin);
      this.#grpc.push(connection);
      const number = this.context.numbering.next();
      this.#times('grpc-stream', () => {
        const held = holdGrpc(this.exchanges, connection, number, call, 'grpc-stream');
        this.#calls.push(held);
        return held;
      });
    }
  }

  #remember(webSocket: HeldWebSocket): HeldWebSocket {
    this.#webSockets.push(webSocket);
    return webSocket;
  }

  #openNew(path: string): void {
    const webSocket = this.#webSocket('new-websocket', path, NEW_TIMEOUT_MS);
    this.#new.add(webSocket);
    void webSocket.done.then(() => this.#new.delete(webSocket));
  }

  #webSocket(kind: ExchangeKind, path: string, timeoutMs: number): HeldWebSocket {
    const { headers, websocket: plan } = this.context.plan;
    return new HeldWebSocket(this.exchanges, this.origin, { kind, path, plan, headers, timeoutMs });
  }
}
