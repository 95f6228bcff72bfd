import type { SlowRequest } from '../plan/types.js';
import { openConnection, type Connection } from './connection.js';
import { followRequest, type Exchanges } from './exchanges.js';
import { HeldBody } from './held-body.js';
import { plainRequest, slowHttpRequest, uploadRequest, type UploadRequest } from './upload.js';
import type { Origin } from '../plan/origin.js';

/** Work for new connections that takes a moment, so that some of it is under way whenever the target goes. */
export type NewWork =
  { kind: 'slow'; request: SlowRequest } | { kind: 'upload'; upload: UploadRequest; holdMs: number };

export interface NewConnectionsPlan {
  origin: Origin;
  /** The plain question of a new connection. */
  path: string;
  intervalMs: number;
  work: NewWork | null;
  workIntervalMs: number;
}

/** A target that takes connections and never answers must not make us run out of ports. */
const AT_ONCE = 200;
/** What is still open this long after the end is closed by us. */
const LAST_WAIT_MS = 500;

/**
 * Opens new connections at a steady rate from the signal on: plain questions, and work that takes a moment. The first
 * comes half an interval after the signal. Services do things at round times, and a connection that arrives in the same
 * millisecond as the listener closes is reset by the kernel, which is nobody's fault.
 */
export class NewConnections {
  readonly #open = new Set<Connection>();
  readonly #pending = new Set<Promise<void>>();
  #timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly exchanges: Exchanges,
    private readonly plan: NewConnectionsPlan,
  ) {}

  start(): void {
    const { intervalMs, work, workIntervalMs } = this.plan;
    this.#every(intervalMs, intervalMs / 2, () => this.#plain());
    if (work !== null) this.#every(workIntervalMs, intervalMs / 2 + 5, () => this.#work(work));
  }

  /** Opens no more: nobody comes this way any longer, and what is open goes on. */
  leave(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers = [];
  }

  /** Opens no more, and waits a moment for what is open. */
  async stop(): Promise<void> {
    this.leave();
    const timer = setTimeout(() => {
      for (const connection of this.#open) connection.abandon();
    }, LAST_WAIT_MS);
    await Promise.all(this.#pending);
    clearTimeout(timer);
  }

  #every(intervalMs: number, firstMs: number, action: () => Promise<void>): void {
    const slot = this.#timers.push(setTimeout(tick.bind(this), firstMs)) - 1;
    let dueAt = performance.now() + firstMs;
    function tick(this: NewConnections): void {
      // A late tick is not made up for, and the rhythm is kept: the distance to round times is what matters.
      dueAt += intervalMs * Math.max(1, Math.ceil((performance.now() - dueAt) / intervalMs));
      this.#timers[slot] = setTimeout(tick.bind(this), dueAt - performance.now());
      if (this.#open.size >= AT_ONCE) return;
      const pending = action().finally(() => this.#pending.delete(pending));
      this.#pending.add(pending);
    }
  }

  #plain(): Promise<void> {
    return this.#with(async (connection) => {
      await followRequest(this.exchanges, 'new-connection', connection, plainRequest(this.plan.path, true));
    });
  }

  #work(work: NewWork): Promise<void> {
    return this.#with(async (connection) => {
      if (work.kind === 'slow') {
        await followRequest(this.exchanges, 'new-work', connection, slowHttpRequest(work.request, true));
        return;
      }
      const body = new HeldBody(Buffer.from(work.upload.body));
      const timer = setTimeout(() => body.release(), work.holdMs);
      await followRequest(this.exchanges, 'new-work', connection, uploadRequest(work.upload, body));
      clearTimeout(timer);
      body.release();
    });
  }

  async #with(use: (connection: Connection) => Promise<void>): Promise<void> {
    const connection = openConnection(this.plan.origin);
    this.#open.add(connection);
    await use(connection);
    connection.close();
    this.#open.delete(connection);
  }
}
