import type { Origin } from '../plan/origin.js';
import type { ExchangeKind } from '../recording/events.js';
import type { Exchanges } from './exchanges.js';
import { hold, type HeldRequest } from './held-work.js';
import type { HttpRequest } from './http-connection.js';

/** A GET that is answered with something that does not end by itself. */
export function streamRequest(path: string, headers: readonly [string, string][]): HttpRequest {
  return {
    method: 'GET',
    path,
    headers: [['accept', 'text/event-stream, */*;q=0.5'], ...headers],
    body: null,
    length: null,
    close: false,
  };
}

/**
 * An event stream, or another answer that does not end by itself, read as it comes.
 * @param onHead called when its head has arrived
 */
export function holdStream(
  exchanges: Exchanges,
  origin: Origin,
  kind: ExchangeKind,
  request: HttpRequest,
  onHead: () => void = () => undefined,
): HeldRequest {
  return hold(exchanges, origin, { kind, request, body: null, keep: false, onHead });
}
