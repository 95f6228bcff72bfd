import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario, IdleConnections } from '../scenarios/scenario.js';
import { holdSlowResponse, holdUpload, shareConnection, type HeldWork } from '../traffic/held-work.js';
import type { Exchanges } from '../traffic/exchanges.js';
import { PersistentConnection, SilentConnection } from '../traffic/persistent.js';
import type { ExchangeKind } from '../recording/events.js';
import type { UploadRequest } from '../traffic/upload.js';
import type { SlowRequest } from '../plan/types.js';
import type { Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';

/** When withheld uploads are let go, counted from the signal: some at once, the last beyond the usual short timeouts. */
const RELEASE_FIRST_MS = 50;
const RELEASE_LAST_MS = 1200;
/** With slow requests in flight as well, the one upload is let go in the middle of a drain. */
const RELEASE_BESIDE_SLOW_MS = 600;

/** A connection whose first plain question gets no answer in this time is given up. Milliseconds. */
const FIRST_ANSWER_MS = 5000;

/** What is held in one life, and when what is withheld is to be let go. */
export interface Load {
  held: HeldWork[];
  /** Milliseconds after the signal, for each held upload. */
  releases: { work: HeldWork; afterMs: number }[];
}

/** Puts work in flight: the slow endpoints and an upload, or without slow endpoints as many uploads. */
export function holdWork(
  context: RunContext,
  scenario: Scenario,
  exchanges: Exchanges,
  origin: Origin,
  upload: UploadRequest | null,
): Load {
  if (scenario.held === 'none') return { held: [], releases: [] };
  const { slow, requests } = context.plan;
  const keep = scenario.clients === 'keep';
  if (scenario.held === 'one-each') {
    if (slow.length > 0)
      return { held: slow.map((request) => holdSlowResponse(exchanges, origin, request, keep)), releases: [] };
    if (upload === null) return { held: [], releases: [] };
    const work = holdUpload(exchanges, origin, upload, keep);
    return { held: [work], releases: [{ work, afterMs: RELEASE_LAST_MS }] };
  }
  const slowWork = slow.flatMap((request) => holdSlowResponses(exchanges, origin, request, requests, keep));
  const count = upload === null ? 0 : slow.length > 0 ? 1 : requests;
  const uploads =
    upload === null ? [] : Array.from({ length: count }, () => holdUpload(exchanges, origin, upload, keep));
  return {
    held: [...slowWork, ...uploads],
    releases: uploads.map((work, index) => ({
      work,
      afterMs: slow.length > 0 ? RELEASE_BESIDE_SLOW_MS : releaseTime(index, uploads.length),
    })),
  };
}

/** As many of one kind: each on a connection of its own, or all of them as streams of one. */
function holdSlowResponses(
  exchanges: Exchanges,
  origin: Origin,
  slow: SlowRequest,
  count: number,
  keep: boolean,
): HeldWork[] {
  const shared = origin.http2 === true ? shareConnection(exchanges, origin, keep) : null;
  const held = Array.from({ length: count }, () => holdSlowResponse(exchanges, origin, slow, keep, shared));
  // A client that is done closes its connection when the last answer is there.
  if (shared !== null && !keep) void Promise.all(held.map((work) => work.done)).then(() => shared.connection.close());
  return held;
}

/** Spread evenly on a logarithmic scale; a single one waits to the last. */
export function releaseTime(index: number, count: number): number {
  if (count === 1) return RELEASE_LAST_MS;
  return Math.round(RELEASE_FIRST_MS * (RELEASE_LAST_MS / RELEASE_FIRST_MS) ** (index / (count - 1)));
}

/** Connections that do nothing, or nothing yet, when the signal comes. */
export class IdleLoad {
  readonly #unused: PersistentConnection[] = [];
  readonly #asking: { connection: PersistentConnection; atMs: number }[] = [];
  readonly #silent: SilentConnection[] = [];

  private constructor(
    private readonly exchanges: Exchanges,
    private readonly origin: Origin,
    private readonly path: string,
  ) {}

  /** Opens them; the keep-alive ones have had one answer each when this settles. */
  static async open(idle: IdleConnections, exchanges: Exchanges, origin: Origin, path: string): Promise<IdleLoad> {
    const load = new IdleLoad(exchanges, origin, path);
    for (let i = 0; i < idle.unused; i++) load.#unused.push(load.#keepAlive());
    for (const atMs of idle.askAgainAtMs) load.#asking.push({ connection: load.#keepAlive(), atMs });
    for (let i = 0; i < idle.silent; i++) load.#silent.push(new SilentConnection(exchanges, origin));
    await Promise.all([
      ...load.#all().map((connection) => connection.ask(FIRST_ANSWER_MS)),
      ...load.#silent.map((silent) => silent.settled),
    ]);
    return load;
  }

  /** Asks on the connections whose moment is before the signal, and waits for that moment to pass. */
  async askBeforeSignal(abort: AbortSignal): Promise<void> {
    const early = this.#asking.filter(({ atMs }) => atMs < 0);
    await Promise.all(early.map(({ connection }) => connection.ask()));
    const longest = Math.max(0, ...early.map(({ atMs }) => -atMs));
    if (longest > 0) await sleep(longest, undefined, { signal: abort });
  }

  /** Asks on the others when their moment after the signal comes. */
  askAfterSignal(): void {
    for (const { connection, atMs } of this.#asking.filter((one) => one.atMs >= 0))
      setTimeout(() => void connection.ask(), atMs);
  }

  /** The kinds that the target has not closed. */
  openKinds(): ExchangeKind[] {
    const idle = this.#all().some((connection) => connection.idle);
    const silent = this.#silent.some((connection) => connection.open);
    return [...(idle ? (['idle-connection'] as const) : []), ...(silent ? (['silent-connection'] as const) : [])];
  }

  close(): void {
    for (const connection of [...this.#all(), ...this.#silent]) connection.close();
  }

  #keepAlive(): PersistentConnection {
    return new PersistentConnection(this.exchanges, 'idle-connection', this.origin, this.path);
  }

  #all(): PersistentConnection[] {
    return [...this.#unused, ...this.#asking.map(({ connection }) => connection)];
  }
}

/**
 * Asks again and again on one keep-alive connection, until it is told to stop or the connection is closed. It rests
 * around the signal, so that no question crosses with what the service does at once.
 */
export class ReusedConnection {
  readonly #connection: PersistentConnection;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    exchanges: Exchanges,
    origin: Origin,
    path: string,
    private readonly intervalMs: number,
  ) {
    this.#connection = new PersistentConnection(exchanges, 'reused-connection', origin, path);
  }

  /** Asks once; settles with the answer. */
  async ask(): Promise<void> {
    await this.#connection.ask(FIRST_ANSWER_MS);
  }

  /** Begins half an interval from now, and goes on. */
  start(): void {
    const tick = () => {
      void this.#connection.ask();
      this.#timer = setTimeout(tick, this.intervalMs);
    };
    this.#timer = setTimeout(tick, this.intervalMs / 2);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#connection.close();
  }
}
