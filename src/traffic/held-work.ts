import type { ExchangeKind } from '../recording/events.js';
import type { SlowRequest } from '../plan/types.js';
import { openConnection, type Connection } from './connection.js';
import { followConnectionEnd, followRequest, goawayOf, noteConnected, type Exchanges } from './exchanges.js';
import { marked } from './mark.js';
import { HeldBody } from './held-body.js';
import type { HttpOutcome, HttpRequest } from './http-message.js';
import { slowHttpRequest, uploadRequest, type UploadRequest } from './upload.js';
import type { Origin } from '../plan/origin.js';

/** Work that the target is meant to have in its hands when the signal comes. */
export interface HeldWork {
  exchange: number;
  /** `localPort` is 0 where a library does not tell it. */
  connection: { socket: { readonly localPort: number }; abandon: () => void };
  /** Held by a withheld byte, or by the target's own slowness. */
  upload: boolean;
  /** All that is to be sent before the signal has been sent. */
  isSent: () => boolean;
  /** The response head is here. */
  hasHead: () => boolean;
  /** What its head proves. */
  headProof: 'first-byte' | 'upgraded';
  over: () => boolean;
  /** Sends what was withheld; does nothing for a slow response. */
  release: () => void;
  /** Settles when the exchange is over, with null when it is no HTTP exchange; never rejects. */
  done: Promise<HttpOutcome | null>;
}

/** Work held on a connection of its own, or shared with other requests. */
export interface HeldRequest extends HeldWork {
  connection: Connection;
  done: Promise<HttpOutcome>;
}

/** A connection that carries several requests at once; whoever opened it closes it. */
export interface SharedConnection {
  connection: Connection;
  number: number;
}

export interface Holding {
  kind: ExchangeKind;
  request: HttpRequest;
  body: HeldBody | null;
  /** Keep the connection after the answer, as a pooling client does. */
  keep: boolean;
  /** Called when the response head has arrived. */
  onHead?: () => void;
}

/** Opens a connection that several requests are to share. */
export function shareConnection(exchanges: Exchanges, origin: Origin, keep: boolean): SharedConnection {
  const number = exchanges.numbering.next();
  const connection = openConnection(origin, { onGoaway: goawayOf(exchanges, number) });
  if (keep) followConnectionEnd(exchanges, number, connection.socket);
  return { connection, number };
}

/** A request that the target itself takes a while to answer. */
export function holdSlowResponse(
  exchanges: Exchanges,
  origin: Origin,
  slow: SlowRequest,
  keep: boolean,
  shared: SharedConnection | null = null,
): HeldRequest {
  const kind = keep ? 'kept-after-answer' : 'slow-response';
  return hold(exchanges, origin, { kind, request: slowHttpRequest(slow, false), body: null, keep }, shared);
}

/** An upload whose last byte is withheld until `release`. */
export function holdUpload(
  exchanges: Exchanges,
  origin: Origin,
  upload: UploadRequest,
  keep: boolean,
  kind: ExchangeKind = keep ? 'kept-after-answer' : 'slow-upload',
): HeldRequest {
  const body = new HeldBody(Buffer.from(upload.body));
  return hold(exchanges, origin, { kind, request: uploadRequest(upload, body, !keep), body, keep });
}

/** Sends a request that is to be in flight at the signal, and follows it to its end. */
export function hold(
  exchanges: Exchanges,
  origin: Origin,
  { kind, request, body, keep, onHead }: Holding,
  shared: SharedConnection | null = null,
): HeldRequest {
  const { connection, number } = shared ?? shareConnection(exchanges, origin, keep);
  let exchange = -1;
  let hasHead = false;
  let over = false;
  const id = exchanges.marks?.next() ?? null;
  const done = followRequest(exchanges, kind, connection, id === null ? request : marked(request, id), {
    connectionNumber: number,
    onOpened: (number) => (exchange = number),
    onHead: () => {
      hasHead = true;
      onHead?.();
    },
  }).then((outcome) => {
    over = true;
    // A client that is done closes its connection; one that pools keeps it, which is a scenario of its own.
    if (!keep && shared === null) connection.close();
    return outcome;
  });
  noteConnected(exchanges, exchange, connection.socket);
  if (id !== null)
    exchanges.recorder.record({ type: 'request-marked', of: exchange, id, path: request.path, answeredAt: null });
  return {
    exchange,
    connection,
    upload: body !== null,
    headProof: 'first-byte',
    isSent: () => connection.isSent() && (body === null || body.waiting),
    hasHead: () => hasHead,
    over: () => over,
    release: () => {
      if (body === null) return;
      if (!over) exchanges.recorder.record({ type: 'upload-released', exchange });
      body.release();
    },
    done,
  };
}
