import type { Reader } from './reader.js';
import type { Plan, SlowRequest, WebSocketPlan } from './types.js';
import * as values from './values.js';

/** Headers for all the work that is asked for by name. */
export function readHeaders(reader: Reader): [string, string][] {
  const carriers = ['slow', 'stream', 'websocket', 'grpc'];
  if (reader.has('header') && !carriers.some((name) => reader.has(name)))
    reader.complain(
      'header',
      reader.text('header') ?? '',
      'belongs to work in flight; name some with --slow, --stream, --websocket or --grpc',
    );
  return reader.many('header', values.headerLine);
}

/** The endpoints that take a while, each with the headers and the body. */
export function readSlow(reader: Reader, headers: [string, string][]): SlowRequest[] {
  const body = reader.text('body');
  if (body !== null && !reader.has('slow'))
    reader.complain('body', body, 'belongs to a slow request; name one with --slow');
  return reader.many('slow', (text) => values.slowRequest(text, headers, body));
}

const CLOSE_CODES = [1000, 1001, 1012];

/** What WebSockets say, and are to hear before they are closed. */
export function readWebSocket(reader: Reader): WebSocketPlan {
  return {
    message: reader.text('websocket-message'),
    goodbye: reader.one<WebSocketPlan['goodbye']>('websocket-goodbye', values.textPattern, null),
    closeCodes: reader.one('websocket-close', values.closeCodes, CLOSE_CODES),
    closeCodesGiven: reader.has('websocket-close'),
    subprotocols: reader.many('subprotocol', values.subprotocol),
  };
}

/** Options that mean nothing, or something impossible, beside the others. */
export function readCombinations(reader: Reader): void {
  if (reader.has('proto') && !reader.has('grpc'))
    reader.complain('proto', reader.text('proto') ?? '', 'describes gRPC methods; name one with --grpc');
  const over = reader.has('grpc') ? '--grpc' : reader.has('http2') ? '--http2' : null;
  if (over !== null && reader.has('job'))
    reader.complain(
      'job',
      reader.text('job') ?? '',
      `cannot be submitted over HTTP/2, since submissions are followed on connections of HTTP/1.1; leave out ${over}`,
    );
  if (over !== null && reader.has('websocket'))
    reader.complain('websocket', reader.text('websocket') ?? '', `cannot be opened over HTTP/2; leave out ${over}`);
}

/** A switch and its opposite; both at once is a mistake. */
export function readAsPid1(reader: Reader): Plan['asPid1'] {
  const always = reader.one('as-pid1', values.switchValue, false);
  const never = reader.one('no-as-pid1', values.switchValue, false);
  if (always && never) reader.complain('as-pid1', '', 'stands beside --no-as-pid1; give one of them');
  return always ? 'always' : never ? 'never' : 'auto';
}
