import { setTimeout as sleep } from 'node:timers/promises';
import type { Origin } from '../plan/origin.js';
import type { Ending } from '../recording/events.js';
import { connectionTable } from '../target/connection-table.js';
import type { Exchanges } from '../traffic/exchanges.js';
import type { GrpcCaller, GrpcConnection } from '../traffic/grpc.js';
import { holdGrpc, type HeldGrpc } from '../traffic/held-grpc.js';
import { holdSlowResponse, holdUpload, type HeldWork } from '../traffic/held-work.js';
import { PersistentConnection } from '../traffic/persistent.js';
import { BLIND_WAIT_MS, proofOf } from './arming.js';
import type { KnownWork, RunContext } from './context.js';

/** For how long an upload is withheld before it is let go and the next one begun. Milliseconds. */
const UPLOAD_HOLD_MS = 1000;
/** A client that was turned away, or cut off, tries again after this. Milliseconds. */
const TRY_AGAIN_MS = 100;
const ARM_POLL_MS = 20;
/** Requests of one kind begin so far apart that they never all end, and begin anew, in one moment. Milliseconds. */
const STAGGER_MS = 60;
const PERSISTENT_CLIENTS = 2;

/**
 * Work that is under way all the time, since nobody knows when a service behind a URL will be told to go: as soon as one
 * request is answered the next is sent, and persistent clients whose connection is closed open another.
 */
export class SteadyTraffic {
  /** Everything that was ever held, in the order of its beginning. */
  readonly #held: HeldWork[] = [];
  readonly #waiting = new Set<{ work: HeldWork; since: number }>();
  readonly #running: Promise<void>[] = [];
  readonly #stopped = new AbortController();
  readonly #clients: PersistentConnection[] = [];
  readonly #channels: GrpcConnection[] = [];

  /** @param calibrated the slow endpoints take longer than the blind wait of arming */
  constructor(
    private readonly context: RunContext,
    private readonly exchanges: Exchanges,
    private readonly origin: Origin,
    private readonly calibrated: boolean,
  ) {}

  /** Begins all of it. */
  start({ upload, grpc }: KnownWork): void {
    const { slow, requests } = this.context.plan;
    if (grpc !== null) this.#callAll(grpc);
    for (const request of slow)
      for (let i = 0; i < requests; i++)
        this.#running.push(this.#again(i, () => holdSlowResponse(this.exchanges, this.origin, request, false)));
    const uploads = upload === null ? 0 : slow.length > 0 ? 1 : requests;
    for (let i = 0; i < uploads && upload !== null; i++)
      this.#running.push(this.#again(i, () => this.#release(holdUpload(this.exchanges, this.origin, upload, false))));
    for (let i = 0; i < PERSISTENT_CLIENTS; i++) this.#running.push(this.#persist());
    this.#running.push(this.#armAll());
  }

  /** What is under way now. */
  get open(): HeldWork[] {
    return this.#held.filter((work) => !work.over());
  }

  /** Begins nothing new; settles when what is under way has ended, or was ended by us after a while. */
  async stop(waitMs: number): Promise<void> {
    this.#stopped.abort();
    await Promise.race([Promise.all(this.open.map((work) => work.done)), sleep(waitMs, undefined, { ref: false })]);
    this.close();
    await Promise.all(this.#running);
  }

  /** Ends all of it. */
  close(): void {
    this.#stopped.abort();
    for (const work of this.open) work.connection.abandon();
    for (const client of [...this.#clients, ...this.#channels]) client.close();
  }

  /** Unary calls, those of one method on one connection. */
  #callAll(caller: GrpcCaller): void {
    const { grpc, requests } = this.context.plan;
    for (const call of grpc.filter((one) => !caller.streams(one))) {
      const connection = caller.open(this.origin);
      this.#channels.push(connection);
      const number = this.context.numbering.next();
      for (let i = 0; i < requests; i++)
        this.#running.push(this.#again(i, () => holdGrpc(this.exchanges, connection, number, call, 'grpc-call')));
    }
  }

  /** @param place among those of its kind */
  async #again(place: number, hold: () => HeldWork | HeldGrpc): Promise<void> {
    await this.#pause(place * STAGGER_MS);
    while (!this.#stopped.signal.aborted) {
      const work = hold();
      this.#held.push(work);
      const entry = { work, since: performance.now() };
      this.#waiting.add(entry);
      const outcome = 'outcome' in work ? await work.done.then(() => work.outcome()) : await work.done;
      this.#waiting.delete(entry);
      if (outcome === null || !endedWell(outcome)) await this.#pause(TRY_AGAIN_MS);
    }
  }

  #release(work: HeldWork): HeldWork {
    const timer = setTimeout(() => work.release(), UPLOAD_HOLD_MS);
    void work.done.then(() => clearTimeout(timer));
    return work;
  }

  async #persist(): Promise<void> {
    const path = this.context.known.survey?.plain?.path ?? '/';
    const { attemptIntervalMs } = this.context.plan;
    let client: PersistentConnection | null = null;
    while (!this.#stopped.signal.aborted) {
      if (client === null || client.over) {
        client = new PersistentConnection(this.exchanges, 'reused-connection', this.origin, path);
        this.#clients.push(client);
      }
      void client.ask();
      await this.#pause(attemptIntervalMs);
    }
  }

  /** Labels what the target has in its hands as such, as soon as that is proved. */
  async #armAll(): Promise<void> {
    const { recorder } = this.exchanges;
    while (!this.#stopped.signal.aborted) {
      const table = this.#waiting.size === 0 ? null : await connectionTable(this.origin);
      for (const entry of [...this.#waiting]) {
        const patient = table !== null || performance.now() - entry.since > BLIND_WAIT_MS;
        const proof = patient && !entry.work.over() ? proofOf(entry.work, table, this.calibrated) : null;
        if (proof === null) continue;
        this.#waiting.delete(entry);
        recorder.record({ type: 'exchange-armed', exchange: entry.work.exchange, proof });
      }
      await this.#pause(ARM_POLL_MS);
    }
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
  }
}

function endedWell({ ending, status }: { ending: Ending; status: number | null }): boolean {
  return ending === 'answered' && (status ?? 0) < 500;
}
