import type { ExchangeKind } from '../events.js';
import type { Exchange } from './exchange.js';
import { endOf, type LifeFacts } from './life.js';
import { EXIT_TEARDOWN_MS } from './probe.js';
import { slowness } from './slowness.js';

/** What became of the connections that were opened after the signal while the target lived. */
export interface Arrivals {
  all: Exchange[];
  /** Got a complete answer that was not a 503; a WebSocket, a close frame. */
  served: Exchange[];
  /** Refused, or got a complete 503; a WebSocket, any answer but its upgrade. */
  turnedAway: Exchange[];
  /** Taken by the kernel for the target, and never answered in full. */
  dropped: Exchange[];
  /** Dropped because the listener closed in that moment: the kernel resets what waits in its queue, and some servers close with it what they have accepted and not read. */
  raced: Exchange[];
}

/** A connection that was reset this close to the closing of the listener was in the accept queue. Milliseconds. */
const RACE_MS = 10;

/** Sorts the new connections of a life's drain. What we ended ourselves, and what came after the end, is left out. */
export function arrivals(life: LifeFacts): Arrivals {
  return sorted(life, ['new-connection', 'new-work'], isAnswered, isTurnedAway);
}

/** The same for WebSockets. One that was upgraded is served when it gets a close frame, however long it was open. */
export function webSocketArrivals(life: LifeFacts): Arrivals {
  const isUpgraded = ({ websocket }: Exchange) => websocket !== null;
  return sorted(
    life,
    ['new-websocket'],
    (exchange) => isUpgraded(exchange) && exchange.websocket?.code !== null,
    (exchange) => !isUpgraded(exchange) && (isAnswered(exchange) || isTurnedAway(exchange)),
  );
}

function sorted(
  life: LifeFacts,
  kinds: readonly ExchangeKind[],
  isServed: (exchange: Exchange) => boolean,
  isAway: (exchange: Exchange) => boolean,
): Arrivals {
  const end = endOf(life);
  const begunAt = life.signal?.certainAt ?? 0;
  const all = life.exchanges.filter(
    (exchange) =>
      kinds.includes(exchange.kind) &&
      exchange.openedAt >= begunAt &&
      exchange.openedAt < end &&
      exchange.end !== null &&
      exchange.end.ending !== 'ended-by-tester' &&
      !isTeardown(exchange, end),
  );
  // An answer that came because we had stepped in by then is one that SIGKILL would have cut.
  const inTime = (exchange: Exchange) =>
    (life.followed.length === 0 && life.left.length === 0) || (exchange.end?.at ?? Infinity) < end;
  const served = all.filter((exchange) => isServed(exchange) && inTime(exchange));
  const dropped = all.filter((exchange) => !served.includes(exchange) && !isAway(exchange));
  return {
    all,
    served,
    turnedAway: all.filter(isAway),
    dropped,
    raced: dropped.filter((exchange) => isRace(exchange, life, end)),
  };
}

/** Refused in the last moment, when the dying process had already closed its files. */
function isTeardown(exchange: Exchange, end: number): boolean {
  return exchange.end?.ending === 'refused' && exchange.openedAt > end - EXIT_TEARDOWN_MS;
}

function isAnswered(exchange: Exchange): boolean {
  return exchange.end?.ending === 'answered';
}

function isTurnedAway(exchange: Exchange): boolean {
  return exchange.end?.ending === 'refused' || exchange.end?.ending === 'rejected';
}

/**
 * Ended without an answer in the moment in which the listener closed, and young enough to have been in its queue: as a
 * rule some milliseconds, longer when the target was so slow just then that probes, or upgrades in peace, took longer as
 * well. A FIN counts where the process lived on: uvicorn closes with its listener what it has accepted and not yet read.
 */
function isRace(exchange: Exchange, life: LifeFacts, gone: number): boolean {
  const { end, websocket } = exchange;
  if (end === null || end.headAt !== null || websocket !== null) return false;
  const closedWithListener = end.ending === 'closed' && end.at < gone - EXIT_TEARDOWN_MS;
  if (end.ending !== 'reset' && !(closedWithListener && life.listener.closed !== null)) return false;
  // One that nobody was refused by was closed by the exit, some milliseconds before the process counted as dead.
  const closed = life.listener.closed ?? { from: gone - EXIT_TEARDOWN_MS, to: gone };
  const slow = slowness(life, closed.from, closed.to);
  const age = exchange.kind === 'new-websocket' ? Math.max(RACE_MS, upgradeWait(life)) : slow;
  // Where all is slow, the reset is seen late as well.
  return end.at >= closed.from - RACE_MS && end.at <= closed.to + slow && end.at - exchange.openedAt <= age;
}

/** The longest that an upgrade took in peace: where WebSockets are tried, nothing else may tell how slow the target is. */
function upgradeWait(life: LifeFacts): number {
  const signalAt = life.signal?.at ?? 0;
  const waits = life.exchanges.flatMap(({ websocket, armedAt, openedAt }) =>
    websocket !== null && armedAt !== null && armedAt <= signalAt ? [armedAt - openedAt] : [],
  );
  return Math.max(0, ...waits);
}
