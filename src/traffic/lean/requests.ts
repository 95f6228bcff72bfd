import { createHash, randomBytes } from 'node:crypto';
import { requestOrigin, type Origin } from '../../plan/origin.js';

/** What every connection of a kind sends, as bytes. */
export interface Opening {
  /** Sent as soon as the connection stands. */
  first: Buffer;
  /** Withheld until it is released: the end of an upload. Empty: nothing is. */
  withheld: Buffer;
  /** What a WebSocket's handshake has to be answered with; null for anything else. */
  accept: string | null;
}

/** RFC 6455, section 1.3. */
const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface OpeningRequest {
  method: string;
  path: string;
  headers: readonly [string, string][];
  body: Buffer | null;
  /** Keep back the last byte of the body. */
  withhold: boolean;
  close: boolean;
}

/** An HTTP/1.1 request. */
export function requestBytes(origin: Origin, request: OpeningRequest): Opening {
  const { method, path, headers, body, withhold, close } = request;
  const length: [string, string][] = body === null ? [] : [['content-length', String(body.length)]];
  const head = headBytes(origin, method, path, [...length, ['connection', close ? 'close' : 'keep-alive'], ...headers]);
  const kept = body !== null && withhold ? 1 : 0;
  const sent = body === null ? Buffer.alloc(0) : body.subarray(0, body.length - kept);
  return {
    first: Buffer.concat([head, sent]),
    withheld: body === null ? Buffer.alloc(0) : body.subarray(body.length - kept),
    accept: null,
  };
}

/** A WebSocket's handshake. The key is the same for all: it proves that the server speaks WebSocket, and no more. */
export function handshakeBytes(
  origin: Origin,
  path: string,
  subprotocols: readonly string[],
  headers: readonly [string, string][],
): Opening {
  const key = randomBytes(16).toString('base64');
  const wanted: [string, string][] =
    subprotocols.length === 0 ? [] : [['sec-websocket-protocol', subprotocols.join(',')]];
  const first = headBytes(origin, 'GET', path, [
    ['connection', 'Upgrade'],
    ['upgrade', 'websocket'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-key', key],
    ...wanted,
    ...headers,
  ]);
  const accept = createHash('sha1').update(`${key}${WEBSOCKET_GUID}`).digest('base64');
  return { first, withheld: Buffer.alloc(0), accept };
}

function headBytes(origin: Origin, method: string, path: string, headers: readonly [string, string][]): Buffer {
  const host: [string, string] = ['host', new URL(requestOrigin(origin)).host];
  const lines = [host, ['user-agent', 'drain-check'] as const, ...headers].map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
}

/** A frame from a client, which has to be masked (RFC 6455, section 5.3): with zeros, since there is no proxy to fool. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
