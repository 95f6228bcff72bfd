import type { Origin } from '../plan/origin.js';
import type { Exchanges } from '../traffic/exchanges.js';
import { PersistentConnection } from '../traffic/persistent.js';

/** A client asks about so often on its connection. Milliseconds. */
const USUAL_INTERVAL_MS = 100;

/**
 * Clients that stay on their connection and ask in turn, so that one of them waits for an answer at any time. They go on
 * when the routes have changed, since nothing closes a connection that stands; one that is closed is opened anew for as long
 * as there is a route.
 */
export class KeptClients {
  readonly #slots: (PersistentConnection | null)[];
  readonly #intervalMs: number;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = performance.now();
  #next = 0;
  #routed = true;

  /** @param ratePerSecond of all of them together */
  constructor(
    private readonly exchanges: Exchanges,
    private readonly origin: Origin,
    private readonly path: string,
    ratePerSecond: number,
  ) {
    const count = Math.max(1, Math.round((ratePerSecond * USUAL_INTERVAL_MS) / 1000));
    this.#slots = Array.from({ length: count }, () => null);
    this.#intervalMs = 1000 / ratePerSecond;
    this.#tick();
  }

  /** There is no route any more: who loses the connection goes elsewhere. */
  noRoute(): void {
    this.#routed = false;
  }

  /** They ask no more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    this.stop();
    for (const client of this.#slots) client?.close();
  }

  #tick(): void {
    this.#ask(this.#next++ % this.#slots.length);
    // A late tick is not made up for, and the rhythm is kept: many timers of one length would all fire at once.
    const now = performance.now();
    this.#dueAt += this.#intervalMs * Math.max(1, Math.ceil((now - this.#dueAt) / this.#intervalMs));
    this.#timer = setTimeout(() => this.#tick(), this.#dueAt - now);
  }

  #ask(slot: number): void {
    const client = this.#slots[slot] ?? null;
    if (client !== null && !client.over) void client.ask();
    else if (this.#routed) {
      const fresh = new PersistentConnection(this.exchanges, 'reused-connection', this.origin, this.path);
      this.#slots[slot] = fresh;
      void fresh.ask();
    }
  }
}
