import type { ExchangeKind } from '../recording/events.js';
import type { Origin } from '../plan/origin.js';
import type { Exchanges } from '../traffic/exchanges.js';
import { holdStream, streamRequest } from '../traffic/held-stream.js';
import { HeldWebSocket } from '../traffic/held-websocket.js';
import type { HttpRequest } from '../traffic/http-connection.js';
import { holdUpload, type HeldWork } from '../traffic/held-work.js';
import type { KnownWork, RunContext } from './context.js';

const OPEN_TIMEOUT_MS = 5000;

/**
 * Work whose clients never do their part: an upload that is never completed, a stream that nobody reads, a WebSocket
 * that does not answer. None of them answers a FIN either, as a client does that has lost its network.
 * @param alone the one kind to open, or null for all of them
 */
export function holdStuckWork(
  context: RunContext,
  exchanges: Exchanges,
  origin: Origin,
  { upload, streams, websockets }: KnownWork,
  alone: ExchangeKind | null,
): HeldWork[] {
  const held: HeldWork[] = [];
  const wanted = (kind: ExchangeKind) => alone === null || alone === kind;
  const [stream] = streams;
  const [webSocket] = websockets;
  if (upload !== null && wanted('stuck-upload')) held.push(stuckUpload(exchanges, origin, upload));
  if (stream !== undefined && wanted('stuck-stream'))
    held.push(stuckStream(exchanges, origin, streamRequest(stream, context.plan.headers)));
  if (webSocket !== undefined && wanted('stuck-websocket'))
    held.push(deafWebSocket(context, exchanges, origin, webSocket));
  return held;
}

function stuckUpload(exchanges: Exchanges, origin: Origin, upload: NonNullable<KnownWork['upload']>): HeldWork {
  const work = holdUpload(exchanges, origin, upload, false, 'stuck-upload');
  work.connection.socket.playDead();
  return work;
}

function stuckStream(exchanges: Exchanges, origin: Origin, request: HttpRequest): HeldWork {
  const work = holdStream(exchanges, origin, 'stuck-stream', request, () => {
    work.connection.socket.pauseReading();
    work.connection.socket.playDead();
  });
  return work;
}

function deafWebSocket(context: RunContext, exchanges: Exchanges, origin: Origin, path: string): HeldWork {
  const { headers, websocket: plan } = context.plan;
  const work = new HeldWebSocket(exchanges, origin, {
    kind: 'stuck-websocket',
    path,
    plan,
    headers,
    timeoutMs: OPEN_TIMEOUT_MS,
  });
  void work.connection.opened.then((upgraded) => {
    if (upgraded) work.connection.playDead();
  });
  return work;
}
