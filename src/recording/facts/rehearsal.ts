import type { ExchangeKind } from '../events.js';
import { crossed } from './crossing.js';
import type { Exchange } from './exchange.js';
import type { LifeFacts } from './life.js';
import type { PodFacts } from './pod.js';

/** Requests of clients that come anew, and of those that stay on their connection. */
const KINDS: readonly ExchangeKind[] = ['new-connection', 'new-work', 'reused-connection'];
/** Our own clocks and timers are no better than this: what happens so close to the end of the routes may be either side of it. Milliseconds. */
const EDGE_MS = 50;

/** Where in the end of its pod a lost request was begun. */
export type LossPhase =
  'under way at the delete' | 'before the signal' | 'after the signal' | 'after the listener closed';
export const LOSS_PHASES: readonly LossPhase[] = [
  'under way at the delete',
  'before the signal',
  'after the signal',
  'after the listener closed',
];

/** Where its client was: on a connection that was opened for it, or on one that had been used before. */
export type Client = 'new' | 'kept';

export interface Loss {
  exchange: Exchange;
  client: Client;
  phase: LossPhase;
  /** It crossed with the closing of its kept connection, or came in the moment in which routes followed. */
  excuse: 'crossed' | 'edge' | null;
}

/** What became of every request that was under way when a pod was deleted, or came after that. */
export interface RehearsalFacts {
  pod: PodFacts;
  all: Record<Client, Exchange[]>;
  losses: Loss[];
  /** Lost before the pod was deleted. */
  lostBefore: Exchange[];
  /** Requests on new connections from the delete until nobody was routed there. */
  arrivals: number;
  /** The longest time from the delete until nobody was routed there in which no new connection came. Milliseconds. */
  longestGapMs: number;
  /** Kept connections that were open when it was killed: whether anybody waits on them in that moment is chance. */
  openWhenKilled: number;
  /** Kept connections that the target closed without having said so in its last answer. */
  unannounced: number;
  /** For how long after the signal new connections were served; null when none came then. Milliseconds. */
  acceptMs: number | null;
}

/**
 * Sorts the requests of a life in which a pod was ended; null where none was.
 * @param routingLagMs how long routes lag; new clients that came later than that are left out
 */
export function rehearsalFacts(life: LifeFacts, routingLagMs: number): RehearsalFacts | null {
  if (life.pod === null) return null;
  const pod = routedFor(life.pod, routingLagMs);
  const requests = life.exchanges.filter(
    ({ kind, end }) => KINDS.includes(kind) && end !== null && end.ending !== 'ended-by-tester',
  );
  const deletedAt = pod.deleted.at;
  const peace = statusesInPeace(requests, deletedAt);
  const fresh = freshOf(requests);
  const clientOf = (exchange: Exchange): Client => (fresh.has(exchange.id) ? 'new' : 'kept');
  const isRouted = (exchange: Exchange) =>
    clientOf(exchange) === 'kept' || exchange.openedAt <= (pod.followedAt ?? Infinity);
  const after = requests.filter((exchange) => (exchange.end?.at ?? 0) >= deletedAt && isRouted(exchange));
  const isLost = (exchange: Exchange) => wasLostTo(exchange, peace);
  const losses = after.filter(isLost).map((exchange): Loss => {
    const client = clientOf(exchange);
    return { exchange, client, phase: phaseOf(exchange, life, pod), excuse: excuseOf(exchange, client, life, pod) };
  });
  return {
    pod,
    all: {
      new: after.filter((one) => clientOf(one) === 'new'),
      kept: after.filter((one) => clientOf(one) === 'kept'),
    },
    losses,
    lostBefore: requests.filter((exchange) => (exchange.end?.at ?? 0) < deletedAt && isLost(exchange)),
    arrivals: requests.filter(({ kind, openedAt }) => kind === 'new-connection' && openedAt >= deletedAt).length,
    longestGapMs: longestGap(requests, pod),
    openWhenKilled: openWhenKilled(life, requests),
    unannounced: unannounced(life, requests),
    acceptMs: acceptMs(life, requests, losses),
  };
}

/** The same pod with routes that follow sooner than they were played. */
function routedFor(pod: PodFacts, routingLagMs: number): PodFacts {
  const { withdrawnAt, followedAt, deleted } = pod;
  if (withdrawnAt === null || followedAt === null) return pod;
  return { ...pod, followedAt: Math.min(followedAt, withdrawnAt + routingLagMs / deleted.timeScale + EDGE_MS) };
}

/** The first exchange of each connection. */
function freshOf(requests: readonly Exchange[]): ReadonlySet<number> {
  const first = new Map<number, number>();
  for (const { connection, id } of requests) if (!first.has(connection)) first.set(connection, id);
  return new Set(first.values());
}

/** What each question is answered before anything is done. */
function statusesInPeace(requests: readonly Exchange[], deletedAt: number): ReadonlyMap<string, number> {
  const statuses = new Map<string, number>();
  for (const exchange of requests) {
    const { end } = exchange;
    if (end !== null && end.at < deletedAt && end.status !== null) statuses.set(questionOf(exchange), end.status);
  }
  return statuses;
}

function questionOf({ method, path }: Exchange): string {
  return `${method ?? ''} ${path ?? ''}`;
}

/** No complete answer, or an error that the question does not get in peace. */
function wasLostTo(exchange: Exchange, peace: ReadonlyMap<string, number>): boolean {
  const { end } = exchange;
  if (end === null || (end.ending !== 'answered' && end.ending !== 'rejected')) return true;
  const status = end.status ?? 0;
  if (status < 400) return false;
  const usual = peace.get(questionOf(exchange));
  return usual === undefined ? status >= 500 : Math.floor(status / 100) !== Math.floor(usual / 100);
}

function phaseOf({ openedAt, end }: Exchange, life: LifeFacts, pod: PodFacts): LossPhase {
  const closedAt = life.listener.closed?.from ?? life.serverGoneAt ?? Infinity;
  if (openedAt < pod.deleted.at) return 'under way at the delete';
  if (openedAt < (signalOf(life) ?? Infinity)) return 'before the signal';
  return end?.ending === 'refused' || openedAt > closedAt ? 'after the listener closed' : 'after the signal';
}

/** When SIGTERM was sent; null when it ended before. */
function signalOf({ signal }: LifeFacts): number | null {
  return signal === null || signal.signal === null ? null : signal.at;
}

function excuseOf(exchange: Exchange, client: Client, life: LifeFacts, { followedAt }: PodFacts): Loss['excuse'] {
  if (client === 'kept') return crossed(exchange, exactly(life)) ? 'crossed' : null;
  return followedAt !== null && exchange.openedAt >= followedAt - EDGE_MS ? 'edge' : null;
}

/** The same life without a closing of its listener that is known too vaguely to say what came in that moment. */
function exactly(life: LifeFacts): LifeFacts {
  const { closed } = life.listener;
  const vague = closed !== null && closed.to - closed.from > EDGE_MS;
  return vague ? { ...life, listener: { ...life.listener, closed: null } } : life;
}

function longestGap(requests: readonly Exchange[], { deleted, followedAt }: PodFacts): number {
  const until = followedAt ?? Infinity;
  const times = requests
    .filter(({ kind, openedAt }) => kind === 'new-connection' && openedAt >= deleted.at && openedAt <= until)
    .map(({ openedAt }) => openedAt)
    .sort((a, b) => a - b);
  const last = followedAt === null ? [] : [followedAt];
  return [...times, ...last].reduce(
    ({ longest, before }, at) => ({ longest: Math.max(longest, at - before), before: at }),
    { longest: 0, before: deleted.at },
  ).longest;
}

function openWhenKilled({ killed, connectionEnds }: LifeFacts, requests: readonly Exchange[]): number {
  if (killed === null) return 0;
  const kept = requests.filter(({ kind, openedAt }) => kind === 'reused-connection' && openedAt < killed.at);
  const ended = connectionEnds.filter(({ at }) => at < killed.at).map(({ connection }) => connection);
  return new Set(kept.map(({ connection }) => connection).filter((connection) => !ended.includes(connection))).size;
}

function unannounced(life: LifeFacts, requests: readonly Exchange[]): number {
  const closed = life.connectionEnds.filter(({ by, at }) => by !== 'tester' && at >= (life.pod?.deleted.at ?? 0));
  return closed.filter(({ connection }) => {
    const own = requests.filter(
      (exchange) => exchange.connection === connection && exchange.kind === 'reused-connection',
    );
    return own.length > 0 && own.at(-1)?.end?.announcedClose !== true;
  }).length;
}

function acceptMs(life: LifeFacts, requests: readonly Exchange[], losses: readonly Loss[]): number | null {
  const signalAt = signalOf(life);
  if (signalAt === null) return null;
  const after = requests.filter(({ kind, openedAt }) => kind === 'new-connection' && openedAt >= signalAt);
  if (after.length === 0) return null;
  const lost = losses.filter(({ exchange }) => exchange.kind === 'new-connection' && exchange.openedAt >= signalAt);
  const first = Math.min(...lost.map(({ exchange }) => exchange.openedAt), life.serverGoneAt ?? Infinity);
  const served = after.filter(({ openedAt, end }) => openedAt < first && end?.ending === 'answered');
  return served.length === 0 ? 0 : Math.max(0, Math.max(...served.map(({ openedAt }) => openedAt)) - signalAt);
}
