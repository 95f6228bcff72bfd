import { crowdExchanges } from './crowd.js';
import type { ArmProof, ClosedBy, EventOf, ExchangeKind, RecordedEvent } from '../events.js';

/** One exchange from start to ending, put together from its events. Times are those of the recording. */
export interface Exchange {
  id: number;
  kind: ExchangeKind;
  connection: number;
  method: string | null;
  path: string | null;
  openedAt: number;
  connectedAt: number | null;
  armed: ArmProof | null;
  /** When that was proved; null as well for those of a crowd, of which only the endings are recorded. */
  armedAt: number | null;
  notArmedBecause: string | null;
  releasedAt: number | null;
  /** How a WebSocket was closed, once it was open. */
  websocket: EventOf<'websocket-closed'> | null;
  /** The goodbye that was asked for, when it came. */
  goodbye: EventOf<'websocket-goodbye'> | null;
  end: EventOf<'exchange-ended'> | null;
  /** The event that tells most about it: its end, else its beginning. */
  evidence: number;
}

/** Work whose client never does its part. */
export const STUCK_KINDS: readonly ExchangeKind[] = ['stuck-upload', 'stuck-stream', 'stuck-websocket'];

export interface ConnectionEnd {
  connection: number;
  at: number;
  by: ClosedBy;
  seq: number;
}

/** The exchanges of one life, in the order in which they were opened. */
export function collectExchanges(events: readonly RecordedEvent[]): Exchange[] {
  const byId = new Map<number, Exchange>();
  for (const event of events) {
    if (event.type === 'crowd-ended') {
      for (const exchange of crowdExchanges(event)) byId.set(exchange.id, exchange);
      continue;
    }
    if (event.type === 'exchange-opened') {
      byId.set(event.exchange, {
        id: event.exchange,
        kind: event.kind,
        connection: event.connection,
        method: event.method,
        path: event.path,
        openedAt: event.at,
        connectedAt: null,
        armed: null,
        armedAt: null,
        notArmedBecause: null,
        releasedAt: null,
        websocket: null,
        goodbye: null,
        end: null,
        evidence: event.seq,
      });
      continue;
    }
    if (!('exchange' in event)) continue;
    const exchange = byId.get(event.exchange);
    if (exchange === undefined) continue;
    if (event.type === 'exchange-connected') exchange.connectedAt = event.at;
    else if (event.type === 'exchange-armed') {
      exchange.armed = event.proof;
      exchange.armedAt = event.at;
    } else if (event.type === 'exchange-not-armed') exchange.notArmedBecause = event.reason;
    else if (event.type === 'upload-released') exchange.releasedAt = event.at;
    else if (event.type === 'websocket-closed') exchange.websocket = event;
    else if (event.type === 'websocket-goodbye') exchange.goodbye = event;
    else {
      exchange.end = event;
      exchange.evidence = event.seq;
    }
  }
  return [...byId.values()];
}

export function collectConnectionEnds(events: readonly RecordedEvent[]): ConnectionEnd[] {
  return events.flatMap((event) =>
    event.type === 'connection-closed'
      ? [{ connection: event.connection, at: event.at, by: event.by, seq: event.seq }]
      : [],
  );
}
