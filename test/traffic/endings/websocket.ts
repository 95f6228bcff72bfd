import { createHash } from 'node:crypto';
import type { Origin } from '../../../src/plan/origin.js';
import { WebSocketConnection, type WebSocketOutcome } from '../../../src/traffic/websocket.js';
import { isPossible, patiently, plain, words, type Cell, type Kind } from './cell.js';
import { acts, nobody, serve, type Act, type Peer } from './server.js';

const protocol = 'http/1.1';
const KINDS: Kind[] = [
  { name: 'WebSocket', transport: 'tcp', protocol, request: plain },
  { name: 'WebSocket over TLS', transport: 'tls', protocol, request: plain },
  { name: 'WebSocket over a Unix socket', transport: 'unix', protocol, request: plain },
];
/** Far beyond what a busy machine needs; never waited for. */
const LONG = 60_000;

/** A frame as a server sends it: not masked, and short. */
const frame = (opcode: number, payload: Buffer) =>
  Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
const text = frame(1, Buffer.from('hello'));
const close = (code: number) => frame(8, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from('bye')]));
const emptyClose = frame(8, Buffer.alloc(0));
const partial = text.subarray(0, -2);
/** A server must not mask its frames (RFC 6455, section 5.1). */
const masked = Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0x61]);

/** What the server does to a WebSocket that is open. The codes and how TCP ended are part of the words. */
export const OPEN: [string, Act, Buffer, string][] = [
  ['close 1000, then FIN', 'fin', close(1000), 'answered 101 code 1000 fin'],
  ['close 1001, then FIN', 'fin', close(1001), 'answered 101 code 1001 fin'],
  ['close 1012, then FIN', 'fin', close(1012), 'answered 101 code 1012 fin'],
  ['close 4001, then FIN', 'fin', close(4001), 'answered 101 code 4001 fin'],
  ['close without a code, then FIN', 'fin', emptyClose, 'answered 101 code 1005 fin'],
  ['a message and close 1001, then FIN', 'fin', Buffer.concat([text, close(1001)]), 'answered 101 code 1001 fin'],
  ['close 1001, then RST', 'rst', close(1001), 'answered 101 code 1001 rst'],
  ['close 1001 and RST at once', 'rstAtOnce', close(1001), 'answered 101 code 1001 rst'],
  ['close 1001 and nothing more', 'stay', close(1001), 'answered 101 code 1001 open'],
  ['FIN without a close frame', 'fin', Buffer.alloc(0), 'closed 101 fin'],
  ['RST without a close frame', 'rst', Buffer.alloc(0), 'reset 101 rst'],
  ['a message, then FIN', 'fin', text, 'closed 101 fin'],
  ['a message, then RST', 'rst', text, 'reset 101 rst'],
  ['a message and RST at once', 'rstAtOnce', text, 'reset 101 rst'],
  ['half a frame, then FIN', 'fin', partial, 'closed 101 fin'],
  ['half a frame, then RST', 'rst', partial, 'reset 101 rst'],
  ['half a frame and RST at once', 'rstAtOnce', partial, 'reset 101 rst'],
  ['a frame that no server may send', 'stay', masked, 'short 101'],
];

const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno';

/** What the server does instead of an upgrade. */
export const CLOSED: [string, Act | null, string, string][] = [
  ['upgrade answered 503', 'stay', UNAVAILABLE, 'rejected 503'],
  ['upgrade answered 503, then FIN', 'fin', UNAVAILABLE, 'rejected 503'],
  ['upgrade answered with half a 503, then FIN', 'fin', UNAVAILABLE.slice(0, -1), 'short 503 fin'],
  ['upgrade answered 404, then FIN', 'fin', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', 'answered 404'],
  ['upgrade answered by FIN', 'fin', '', 'closed fin'],
  ['upgrade answered by RST', 'rst', '', 'reset rst'],
  ['upgrade not answered', null, '', 'timed-out'],
];

/** The handshake's answer for a request (RFC 6455, section 4.2.2). */
export function upgraded(request: string): string {
  const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? '';
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
}

/** A server that does something when it is asked for the upgrade. */
async function serverThat(kind: Kind, act: (peer: Peer, request: string) => unknown): Promise<Origin> {
  const { origin } = await serve(kind.transport, protocol, (peer) => {
    peer.stream.once('data', (request: Buffer) => act(peer, request.toString('latin1')));
  });
  return origin;
}

function connect(origin: Origin, timeoutMs = LONG): WebSocketConnection {
  return new WebSocketConnection(origin, '/', { subprotocols: [], headers: [], timeoutMs });
}

function wordsOf(outcome: WebSocketOutcome): string {
  const { closeFrame, tcp } = outcome;
  return closeFrame === null ? words(outcome) : `${words(outcome)} code ${closeFrame.code} ${tcp}`;
}

function whenOpen(kind: Kind, act: Act, bytes: Buffer): Cell['play'] {
  return async () => {
    const peers: Peer[] = [];
    const origin = await serverThat(kind, (peer, request) => {
      peers.push(peer);
      peer.stream.write(upgraded(request));
    });
    const connection = connect(origin);
    const [peer] = (await connection.opened) ? peers : [];
    if (peer === undefined) return 'not upgraded';
    void acts[act](peer, bytes);
    const seen = wordsOf(await connection.done);
    connection.abandon();
    return seen;
  };
}

function insteadOfUpgrade(kind: Kind, act: Act | null, bytes: string, expected: string): Cell['play'] {
  return async () => {
    const origin = await serverThat(kind, (peer) => act !== null && void acts[act](peer, bytes));
    return patiently(expected, async (timeoutMs) => {
      const connection = connect(origin, timeoutMs === 0 ? LONG : timeoutMs);
      const seen = wordsOf(await connection.done);
      connection.abandon();
      return seen;
    });
  };
}

export const WEBSOCKET_CELLS: Cell[] = KINDS.flatMap((kind) => {
  const cell = (behaviour: string, expected: string, play: Cell['play']): Cell => ({
    connection: kind.name,
    behaviour,
    expected,
    play,
  });
  return [
    ...OPEN.map(([behaviour, act, bytes, expected]) => cell(behaviour, expected, whenOpen(kind, act, bytes))),
    ...CLOSED.map(([behaviour, act, bytes, expected]) =>
      cell(behaviour, expected, insteadOfUpgrade(kind, act, bytes, expected)),
    ),
    cell('refused', 'refused refused', async () => wordsOf(await connect(nobody(kind.transport, protocol)).done)),
  ].filter(({ behaviour }) => isPossible(kind, behaviour));
});
