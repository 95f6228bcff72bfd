import type { EventBody, ExchangeKind } from '../recording/events.js';
import type { Clock } from '../recording/clock.js';
import type { Connection } from './connection.js';
import type { HttpOutcome, HttpRequest } from './http-message.js';
import type { Goaway } from './http2-frames.js';
import type { Numbering } from './numbering.js';
import type { WatchedSocket } from './watched-socket.js';

/** Where traffic writes what it sees. Threads have one that sends the events to the recorder. */
export interface TrafficRecorder {
  clock: Clock;
  record: (body: EventBody, at?: number) => void;
}

export interface Exchanges {
  recorder: TrafficRecorder;
  numbering: Numbering;
  /** Ids for requests that are to be known again; absent where nobody looks for them. */
  marks?: { next: () => string };
}

/** Records the beginning of an exchange and gives it its number. */
export function openExchange(
  { recorder, numbering }: Exchanges,
  kind: ExchangeKind,
  request: { method: string; path: string } | null,
  connection = numbering.next(),
): { exchange: number; connection: number } {
  const exchange = numbering.next();
  recorder.record({
    type: 'exchange-opened',
    exchange,
    kind,
    connection,
    method: request?.method ?? null,
    path: request?.path ?? null,
  });
  return { exchange, connection };
}

/**
 * Records how an exchange ended.
 * @param at when, if that was not just now
 */
export function endExchange(
  { recorder }: Exchanges,
  exchange: number,
  outcome: HttpOutcome,
  headAt: number | null,
  at?: number,
): void {
  const { ending, status, bytes, framing, announcedClose, detail, socketEnd } = outcome;
  const socket = socketEnd === 'fin' || socketEnd === 'rst' ? socketEnd : null;
  recorder.record(
    {
      type: 'exchange-ended',
      exchange,
      ending,
      status,
      bytes,
      framing,
      announcedClose,
      headAt,
      socket,
      detail,
    },
    at,
  );
}

/** Records the moment the connection of an exchange stands. */
export function noteConnected({ recorder }: Exchanges, exchange: number, socket: WatchedSocket): void {
  void socket.connected.then(() => recorder.record({ type: 'exchange-connected', exchange }));
}

/** Sends a request and records it from start to ending. */
export async function followRequest(
  exchanges: Exchanges,
  kind: ExchangeKind,
  connection: Connection,
  request: HttpRequest,
  options: {
    connectionNumber?: number;
    timeoutMs?: number;
    onOpened?: (exchange: number) => void;
    onHead?: () => void;
  } = {},
): Promise<HttpOutcome> {
  const { exchange } = openExchange(exchanges, kind, request, options.connectionNumber);
  if (options.connectionNumber === undefined) noteConnected(exchanges, exchange, connection.socket);
  options.onOpened?.(exchange);
  let headAt: number | null = null;
  const onHead = () => {
    headAt = exchanges.recorder.clock.now();
    options.onHead?.();
  };
  const outcome = await connection.request(request, onHead, options.timeoutMs ?? 0);
  endExchange(exchanges, exchange, outcome, headAt);
  return outcome;
}

/** Records that the server takes no more streams on a connection. */
export function goawayOf({ recorder }: Exchanges, connection: number): (goaway: Goaway) => void {
  return (goaway) => recorder.record({ type: 'goaway', connection, ...goaway });
}

/** Records who closed a persistent connection, when that happens. */
export function followConnectionEnd({ recorder }: Exchanges, connection: number, socket: WatchedSocket): void {
  void socket.ended.then((end) => {
    if (end === 'refused') return;
    recorder.record({ type: 'connection-closed', connection, by: end === 'fin' || end === 'rst' ? end : 'tester' });
  });
}
