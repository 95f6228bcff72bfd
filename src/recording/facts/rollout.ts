import type { ExchangeKind } from '../events.js';
import { crossed } from './crossing.js';
import type { Exchange } from './exchange.js';
import type { LifeFacts } from './life.js';
import type { RunFacts } from './run.js';

/** Requests of clients that come anew, and of those that stay on a connection; streams and sockets have checks of their own. */
const KINDS: readonly ExchangeKind[] = [
  'new-connection',
  'new-work',
  'reused-connection',
  'slow-response',
  'slow-upload',
  'grpc-call',
];

/** What became of every request that was sent while one instance took another's place. */
export interface RolloutFacts {
  /** All that ended from the beginning of the stop to the end of the watch. */
  all: Exchange[];
  lost: Exchange[];
  /** Lost because a kept connection was closed in the moment in which it was used. */
  raced: Exchange[];
  /** Lost before anything was stopped. */
  lostBefore: Exchange[];
}

/** Sorts the requests of a life in which the service was replaced. */
export function rolloutFacts(life: LifeFacts, facts: RunFacts): RolloutFacts {
  const begunAt = life.events.find((event) => event.type === 'stop-begun')?.at ?? 0;
  const requests = life.exchanges.filter(
    ({ kind, end }) => KINDS.includes(kind) && end !== null && end.ending !== 'ended-by-tester',
  );
  const isLost = (exchange: Exchange) => wasLost(exchange, facts);
  const all = requests.filter(({ end }) => (end?.at ?? 0) >= begunAt);
  const lost = all.filter(isLost);
  return {
    all,
    lost,
    raced: lost.filter((exchange) => exchange.kind === 'reused-connection' && crossed(exchange, life)),
    lostBefore: requests.filter((exchange) => (exchange.end?.at ?? 0) < begunAt && isLost(exchange)),
  };
}

/**
 * Whether a request was lost: no complete answer, or an error that it does not get in peace. What stands in front of a
 * service has errors of its own, 502 and 503 as a rule, and 404 where it knows no such service any more.
 */
export function wasLost({ end, method, path }: Exchange, { baselines, plainPath }: RunFacts): boolean {
  if (end === null || (end.ending !== 'answered' && end.ending !== 'rejected')) return true;
  const status = end.status ?? 0;
  if (status < 400) return false;
  const baseline = baselines.find((one) => one.method === method && one.path === path);
  const peace = baseline?.status ?? (plainPath?.path === path ? plainPath.status : null);
  if (peace === null) return status >= 500;
  return Math.floor(status / 100) !== Math.floor(peace / 100);
}
