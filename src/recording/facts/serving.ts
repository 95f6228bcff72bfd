import { arrivals } from './arrivals.js';
import { endOf, type LifeFacts } from './life.js';

/**
 * The last moment at which a new connection was still served, and the first at which it no longer was, both after
 * the signal. `until` is the beginning of the last served connection before the first that was not (or the end).
 */
export interface Serving {
  /** Milliseconds of the recording; null when no new connection was served after the signal. */
  until: number | null;
  /** Something was turned away or dropped, or the target was gone. */
  endedAt: number;
}

/** How long new connections were served after the signal. */
export function serving(life: LifeFacts): Serving {
  const seen = arrivals(life);
  const errors = seen.served.filter((exchange) => (exchange.end?.status ?? 0) >= 500);
  const firstNotServed = [...seen.turnedAway, ...seen.dropped, ...errors]
    .filter((exchange) => exchange.kind === 'new-connection')
    .map((exchange) => exchange.openedAt)
    .sort((a, b) => a - b)[0];
  const closed = life.listener.closed?.to ?? Infinity;
  const endedAt = Math.min(firstNotServed ?? Infinity, closed, endOf(life));
  const served = seen.served
    .filter((exchange) => exchange.openedAt <= endedAt && !errors.includes(exchange))
    .map((exchange) => exchange.openedAt);
  return { until: served.length === 0 ? null : Math.max(...served), endedAt };
}
