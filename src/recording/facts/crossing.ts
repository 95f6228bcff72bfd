import type { Exchange } from './exchange.js';
import { endOf, type LifeFacts } from './life.js';
import { EXIT_TEARDOWN_MS } from './probe.js';
import { slowness } from './slowness.js';

/** A FIN that arrives this soon after a request was sent was on its way already. Milliseconds. */
const CROSSING_MS = 5;
/** A request that waited longer than this was not on its way, it was let wait. Milliseconds. */
const MOST_AGE_MS = 100;

/**
 * Whether a request on a kept connection crossed on the wire with the server's closing of that connection: nothing of an
 * answer came, and either the FIN was there almost at once, or the service closed its listener or its other kept
 * connections in that same moment (a busy machine may take a while to get there). Keep-alive always has this race.
 */
export function crossed({ end, openedAt, connection }: Exchange, life: LifeFacts): boolean {
  if (end === null || end.status !== null) return false;
  const age = end.at - openedAt;
  if (end.ending === 'closed' && age < CROSSING_MS) return true;
  // What is closed at once may be seen to be closed one after another, and late, where all is slow.
  const apart = slowness(life, end.at, end.at);
  if ((end.ending !== 'closed' && end.ending !== 'reset') || age > Math.max(MOST_AGE_MS, apart)) return false;
  // What the death itself closes is closed together too, and that is no crossing.
  const death = endOf(life) - EXIT_TEARDOWN_MS;
  const together = (at: number) => Math.abs(at - end.at) <= apart && at < death;
  const listener = life.listener.closed;
  const withListener = listener !== null && end.at >= listener.from - apart && end.at <= listener.to + apart;
  return (
    withListener ||
    life.connectionEnds.some((other) => other.connection !== connection && other.by === 'fin' && together(other.at))
  );
}
