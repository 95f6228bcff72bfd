import type { Origin } from '../plan/origin.js';
import type { ExchangeKind } from '../recording/events.js';
import { openConnection } from './connection.js';
import { followRequest, noteConnected, type Exchanges } from './exchanges.js';
import type { HeldRequest } from './held-work.js';
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
  const connection = openConnection(origin);
  let exchange = -1;
  let hasHead = false;
  let over = false;
  const done = followRequest(exchanges, kind, connection, request, {
    connectionNumber: exchanges.numbering.next(),
    onOpened: (number) => (exchange = number),
    onHead: () => {
      hasHead = true;
      onHead();
    },
  }).then((outcome) => {
    over = true;
    connection.close();
    return outcome;
  });
  noteConnected(exchanges, exchange, connection.socket);
  return {
    exchange,
    connection,
    upload: false,
    headProof: 'first-byte',
    isSent: () => connection.isSent(),
    hasHead: () => hasHead,
    over: () => over,
    release: () => undefined,
    done,
  };
}
