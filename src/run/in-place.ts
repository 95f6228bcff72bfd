import type { Scenario } from '../scenarios/scenario.js';
import type { Exchanges } from '../traffic/exchanges.js';
import type { HeldWork } from '../traffic/held-work.js';
import type { HttpOutcome } from '../traffic/http-connection.js';
import type { Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';
import { holdWork, IdleLoad, ReusedConnection, type Load } from './load.js';

/** Everything a scenario has in place around the signal, as one thing that is opened, used and closed. */
export class InPlace {
  readonly #timers: NodeJS.Timeout[] = [];
  #closed = false;

  private constructor(
    private readonly load: Load,
    private readonly idle: IdleLoad | null,
    private readonly reused: ReusedConnection | null,
    private readonly restMs: number,
  ) {}

  /** Opens all of it. Held work is sent but not proved to be held; kept connections have had their first answer. */
  static async open(context: RunContext, scenario: Scenario, exchanges: Exchanges, origin: Origin): Promise<InPlace> {
    const { attemptIntervalMs } = context.plan;
    const path = context.known.survey?.plain?.path ?? '/';
    const load = holdWork(context, scenario, exchanges, origin);
    const idle = scenario.idle === null ? null : await IdleLoad.open(scenario.idle, exchanges, origin, path);
    const reused = scenario.reusedConnection ? new ReusedConnection(exchanges, origin, path, attemptIntervalMs) : null;
    await reused?.ask();
    return new InPlace(load, idle, reused, 2 * attemptIntervalMs);
  }

  get held(): readonly HeldWork[] {
    return this.load.held;
  }

  async beforeSignal(abort: AbortSignal): Promise<void> {
    await this.idle?.askBeforeSignal(abort);
  }

  /** Goes on with what comes after the signal, which was sent `sinceMs` ago. */
  afterSignal(sinceMs: number): void {
    this.idle?.askAfterSignal();
    this.reused?.start();
    for (const { work, afterMs } of this.load.releases) {
      this.#timers.push(setTimeout(() => work.release(), Math.max(0, afterMs - sinceMs)));
    }
    // A persistent client that never rests would be blamed on the target; it leaves when the work is done.
    void this.done().then(() => {
      if (!this.#closed) this.#timers.push(setTimeout(() => this.reused?.stop(), this.restMs));
    });
  }

  /** How the held work ended, when all of it has. */
  done(): Promise<HttpOutcome[]> {
    return Promise.all(this.held.map((work) => work.done));
  }

  /** Ends whatever is still open; what ends now was ended by us. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const work of this.held) work.connection.abandon();
    this.idle?.close();
    this.reused?.stop();
  }
}
