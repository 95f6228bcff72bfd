import type { Exchange } from './exchange.js';

/** A FIN that arrives this soon after a request was sent was on its way already. Milliseconds. */
const CROSSING_MS = 5;

/**
 * Whether a request on a kept connection and the server's closing of that connection crossed on the wire: nothing of an
 * answer came, and the FIN was there almost at once. Keep-alive always has this race.
 */
export function crossed({ end, openedAt }: Exchange): boolean {
  return end !== null && end.ending === 'closed' && end.at - openedAt < CROSSING_MS;
}
