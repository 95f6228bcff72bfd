import type { EventOf } from '../events.js';
import type { Exchange } from './exchange.js';

/** A WebSocket was upgraded. */
const SWITCHING_PROTOCOLS = 101;

/** The exchanges that the columns of a crowd hold, as if each had had events of its own. All of them are proved by the one. */
export function crowdExchanges(event: EventOf<'crowd-ended'>): Exchange[] {
  const { seq, life, kind, first, method, path } = event;
  return event.openedAt.map((openedAt, index): Exchange => {
    const stamp = { seq, life, at: event.endedAt[index] ?? event.at };
    const status = event.status[index] ?? null;
    const socket = event.socket[index] ?? null;
    const exchange = first + index;
    const bytes = event.bytes[index] ?? 0;
    return {
      id: exchange,
      kind,
      connection: exchange,
      method,
      path,
      openedAt,
      connectedAt: event.connectedAt[index] ?? null,
      armed: event.armed[index] ?? null,
      armedAt: null,
      notArmedBecause: null,
      releasedAt: null,
      websocket:
        status === SWITCHING_PROTOCOLS
          ? {
              ...stamp,
              type: 'websocket-closed',
              exchange,
              code: event.code[index] ?? null,
              reason: '',
              sent: 0,
              received: 0,
              lost: 0,
              tcp: socket ?? 'open',
            }
          : null,
      goodbye: null,
      end: {
        ...stamp,
        type: 'exchange-ended',
        exchange,
        ending: event.ending[index] ?? 'ended-by-tester',
        status,
        bytes,
        framing: null,
        announcedClose: null,
        headAt: event.headAt[index] ?? null,
        socket,
        detail: null,
      },
      evidence: seq,
    };
  });
}
