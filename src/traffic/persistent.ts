import { setImmediate } from 'node:timers/promises';
import type { ExchangeKind } from '../recording/events.js';
import { openConnection, type Connection } from './connection.js';
import {
  endExchange,
  followConnectionEnd,
  followRequest,
  goawayOf,
  noteConnected,
  openExchange,
  type Exchanges,
} from './exchanges.js';
import type { HttpOutcome } from './http-message.js';
import { plainRequest } from './upload.js';
import type { Origin } from '../plan/origin.js';
import { WatchedSocket } from './watched-socket.js';

/** A keep-alive connection that asks plain questions one after another. */
export class PersistentConnection {
  readonly #connection: Connection;
  readonly #number: number;
  #busy = false;

  constructor(
    private readonly exchanges: Exchanges,
    private readonly kind: ExchangeKind,
    origin: Origin,
    private readonly path: string,
  ) {
    this.#number = exchanges.numbering.next();
    this.#connection = openConnection(origin, { onGoaway: goawayOf(exchanges, this.#number) });
    followConnectionEnd(exchanges, this.#number, this.#connection.socket);
  }

  /** Open, and not in the middle of a question. */
  get idle(): boolean {
    return !this.#busy && this.#connection.usable;
  }

  /** Closed, by whichever side. */
  get over(): boolean {
    return !this.#busy && !this.#connection.usable;
  }

  /**
   * Asks once, if the connection is open and idle; null otherwise.
   * @param timeoutMs when to give the connection up; 0 for never
   */
  async ask(timeoutMs = 0): Promise<HttpOutcome | null> {
    if (!this.idle) return null;
    this.#busy = true;
    await this.#readWhatHasCome();
    const outcome = this.#connection.usable ? await this.#follow(timeoutMs) : null;
    this.#busy = false;
    // A client that was told so closes its side when the target does not.
    if (outcome?.announcedClose === true) this.#connection.close();
    return outcome;
  }

  #follow(timeoutMs: number): Promise<HttpOutcome> {
    const request = plainRequest(this.path, false);
    return followRequest(this.exchanges, this.kind, this.#connection, request, {
      connectionNumber: this.#number,
      timeoutMs,
    });
  }

  /**
   * Timers run before sockets are read: after a busy moment of ours a FIN may lie unread when the time to ask has come, and
   * a client that had not been late would have seen it.
   */
  async #readWhatHasCome(): Promise<void> {
    await setImmediate();
    await setImmediate();
  }

  close(): void {
    this.#connection.abandon();
  }
}

/** A connection on which nothing is ever sent. */
export class SilentConnection {
  readonly #socket: WatchedSocket;
  #open = true;

  constructor(exchanges: Exchanges, origin: Origin) {
    this.#socket = new WatchedSocket(origin);
    const { exchange, connection } = openExchange(exchanges, 'silent-connection', null);
    noteConnected(exchanges, exchange, this.#socket);
    followConnectionEnd(exchanges, connection, this.#socket);
    void this.#socket.ended.then((socketEnd) => {
      this.#open = false;
      const ending =
        socketEnd === 'fin'
          ? 'closed'
          : socketEnd === 'rst'
            ? 'reset'
            : socketEnd === 'refused'
              ? 'refused'
              : 'ended-by-tester';
      endExchange(
        exchanges,
        exchange,
        { ending, status: null, bytes: 0, framing: null, announcedClose: null, socketEnd, detail: null },
        null,
      );
    });
  }

  get open(): boolean {
    return this.#open;
  }

  /** Settles when it is connected, or has failed to be. */
  get settled(): Promise<unknown> {
    return Promise.race([this.#socket.connected, this.#socket.ended]);
  }

  close(): void {
    this.#socket.abandon();
  }
}
