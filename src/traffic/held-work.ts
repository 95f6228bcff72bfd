import type { ExchangeKind } from '../recording/events.js';
import type { SlowRequest } from '../plan/types.js';
import { followConnectionEnd, followRequest, noteConnected, type Exchanges } from './exchanges.js';
import { HeldBody } from './held-body.js';
import { HttpConnection, type HttpOutcome, type HttpRequest } from './http-connection.js';
import { slowHttpRequest, uploadRequest, type UploadRequest } from './upload.js';
import type { Origin } from '../plan/origin.js';

/** Work that the target is meant to have in its hands when the signal comes. */
export interface HeldWork {
  exchange: number;
  connection: HttpConnection;
  /** Held by a withheld byte, or by the target's own slowness. */
  upload: boolean;
  /** All that is to be sent before the signal has been sent. */
  isSent: () => boolean;
  /** The response head is here. */
  hasHead: () => boolean;
  over: () => boolean;
  /** Sends what was withheld; does nothing for a slow response. */
  release: () => void;
  /** Settles when the exchange is over; never rejects. */
  done: Promise<HttpOutcome>;
}

interface Holding {
  kind: ExchangeKind;
  request: HttpRequest;
  body: HeldBody | null;
  /** Keep the connection after the answer, as a pooling client does. */
  keep: boolean;
}

/** A request that the target itself takes a while to answer. */
export function holdSlowResponse(exchanges: Exchanges, origin: Origin, slow: SlowRequest, keep: boolean): HeldWork {
  const kind = keep ? 'kept-after-answer' : 'slow-response';
  return hold(exchanges, origin, { kind, request: slowHttpRequest(slow, false), body: null, keep });
}

/** An upload whose last byte is withheld until `release`. */
export function holdUpload(exchanges: Exchanges, origin: Origin, upload: UploadRequest, keep: boolean): HeldWork {
  const body = new HeldBody(Buffer.from(upload.body));
  const kind = keep ? 'kept-after-answer' : 'slow-upload';
  return hold(exchanges, origin, { kind, request: uploadRequest(upload, body, !keep), body, keep });
}

function hold(exchanges: Exchanges, origin: Origin, { kind, request, body, keep }: Holding): HeldWork {
  const connection = new HttpConnection(origin);
  let exchange = -1;
  let hasHead = false;
  let over = false;
  const connectionNumber = exchanges.numbering.next();
  if (keep) followConnectionEnd(exchanges, connectionNumber, connection.socket);
  const done = followRequest(exchanges, kind, connection, request, {
    connectionNumber,
    onOpened: (number) => (exchange = number),
    onHead: () => (hasHead = true),
  }).then((outcome) => {
    over = true;
    // A client that is done closes its connection; one that pools keeps it, which is a scenario of its own.
    if (!keep) connection.socket.end();
    return outcome;
  });
  noteConnected(exchanges, exchange, connection.socket);
  return {
    exchange,
    connection,
    upload: body !== null,
    isSent: () => connection.socket.flushed && (body === null || body.waiting),
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
