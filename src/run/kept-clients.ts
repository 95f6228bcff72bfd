import type { Origin } from '../plan/origin.js';
import type { Exchanges } from '../traffic/exchanges.js';
import { PersistentConnection } from '../traffic/persistent.js';

/** A client asks about so often on its connection. Milliseconds. */
const USUAL_INTERVAL_MS = 100;

/**
 * Clients that stay on their connection. They go on when the routes have changed, since nothing closes a connection that
 * stands; one that is closed is opened anew for as long as there is a route.
 */
export class KeptClients {
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #slots: (PersistentConnection | null)[];
  #routed = true;
  #stopped = false;

  /** @param ratePerSecond of all of them together */
  constructor(
    private readonly exchanges: Exchanges,
    private readonly origin: Origin,
    private readonly path: string,
    ratePerSecond: number,
  ) {
    const count = Math.max(1, Math.round((ratePerSecond * USUAL_INTERVAL_MS) / 1000));
    const intervalMs = (count * 1000) / ratePerSecond;
    this.#slots = Array.from({ length: count }, () => null);
    this.#slots.forEach((_client, slot) => {
      const begin = () => {
        this.#ask(slot);
        if (!this.#stopped) this.#timers.push(setInterval(() => this.#ask(slot), intervalMs));
      };
      // They take turns, so that somebody asks at any time.
      this.#timers.push(setTimeout(begin, (slot * intervalMs) / count));
    });
  }

  /** There is no route any more: who loses the connection goes elsewhere. */
  noRoute(): void {
    this.#routed = false;
  }

  /** They ask no more. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  close(): void {
    this.stop();
    for (const client of this.#slots) client?.close();
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
