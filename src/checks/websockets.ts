import type { ExchangeKind } from '../recording/events.js';
import { isOrphans } from '../recording/facts/answers.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { openToTheLast, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Verdict } from './check.js';
import { nothingOpen } from './nothing-held.js';
import { tally } from './verdict.js';

const KINDS: readonly ExchangeKind[] = ['quiet-websocket', 'talking-websocket'];

/** Close codes that say that something went wrong: protocol, data, policy, size, extension, server, gateway, TLS. */
const ERRORS: readonly number[] = [1002, 1003, 1007, 1008, 1009, 1010, 1011, 1014, 1015];

/** How a WebSocket ended. `odd`: with a close frame whose code is none of those that are in order. */
export type WebSocketFate = 'fine' | 'odd' | 'error' | 'lost' | 'held' | 'by-orphan' | 'not-observed';

/** The WebSockets that were open at the signal, or the verdict that follows from there being none. */
export function openWebSockets(life: LifeFacts, facts: RunFacts): Exchange[] | Verdict {
  const open = life.inFlight.filter((exchange) => KINDS.includes(exchange.kind));
  if (open.length > 0) return open;
  return nothingOpen(life, facts, {
    kinds: KINDS,
    endpoint: 'websocket',
    unknown: 'no WebSocket endpoint is known; name one with --websocket <path>',
  });
}

/** @param closeCodes those that are an orderly end */
export function webSocketFate(exchange: Exchange, life: LifeFacts, closeCodes: readonly number[]): WebSocketFate {
  const { end, websocket } = exchange;
  if (openToTheLast(exchange, life)) return 'held';
  if (end === null || end.ending === 'ended-by-tester') return 'not-observed';
  const code = websocket?.code ?? null;
  if (code === null) return 'lost';
  if (isOrphans(end.at, life)) return 'by-orphan';
  if (closeCodes.includes(code)) return 'fine';
  return ERRORS.includes(code) ? 'error' : 'odd';
}

/** `4 of 4 closed with 1001`, or what became of how many. */
export function describeWebSockets(open: readonly Exchange[], life: LifeFacts): string {
  const words = open.map((exchange) => describeEnd(exchange, life));
  const [first = '', ...others] = new Set(words);
  return others.length === 0 ? `${open.length} of ${open.length} ${first}` : tally(words);
}

function describeEnd(exchange: Exchange, life: LifeFacts): string {
  const { end, websocket } = exchange;
  if (openToTheLast(exchange, life)) return 'open until SIGKILL';
  if (end === null || end.ending === 'ended-by-tester') return 'ended by the tester';
  if (websocket !== null && websocket.code !== null) return `closed with ${websocket.code}`;
  if (end.ending === 'short') return 'ended with 1006, by a breach of the protocol';
  const reset = end.socket === null ? end.ending === 'reset' : end.socket === 'rst';
  return `ended with 1006, by ${reset ? 'RST' : 'FIN'}`;
}
