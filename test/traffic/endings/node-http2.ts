import { once } from 'node:events';
import { constants, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { openConnection } from '../../../src/traffic/connection.js';
import { plain, words, type Cell } from './cell.js';

interface Served {
  stream: ServerHttp2Stream;
  /** Below it. */
  raw: Socket;
  server: Server;
}

/** Sends a head and half a body; the rest is up to the test. */
function begin(stream: ServerHttp2Stream, then: () => void): void {
  stream.respond({ ':status': 200 });
  stream.write('half', () => setImmediate(then));
}

/** What Node's own HTTP/2 server does when a request is there. */
const BEHAVIOURS: [string, (served: Served) => void, string][] = [
  ['an answer', ({ stream }) => stream.end('whole'), 'answered 200'],
  [
    'session.destroy() before the head: GOAWAY, and the stream is lost',
    ({ stream }) => stream.session?.destroy(),
    'closed fin',
  ],
  [
    'session.destroy() in the body: GOAWAY, and the stream is lost',
    ({ stream }) => begin(stream, () => stream.session?.destroy()),
    'short 200 fin',
  ],
  [
    'session.close() in the body: GOAWAY, and the stream is finished',
    ({ stream }) =>
      begin(stream, () => {
        stream.session?.close();
        setImmediate(() => stream.end('whole'));
      }),
    'answered 200',
  ],
  [
    'server.close() in the body, which waits for its clients',
    ({ stream, server }) =>
      begin(stream, () => {
        server.close();
        setImmediate(() => stream.end('whole'));
      }),
    'answered 200',
  ],
  [
    'the socket destroyed in the body, without GOAWAY',
    ({ stream, raw }) => begin(stream, () => raw.destroy()),
    'short 200 fin',
  ],
  ['the socket reset in the body', ({ stream, raw }) => begin(stream, () => raw.resetAndDestroy()), 'reset 200 rst'],
  ['stream.destroy() in the body', ({ stream }) => begin(stream, () => stream.destroy()), 'reset 200'],
  [
    // It says END_STREAM before RST_STREAM, so that a body of unknown length looks whole to every client.
    'stream.close(CANCEL) in the body',
    ({ stream }) => begin(stream, () => stream.close(constants.NGHTTP2_CANCEL)),
    'answered 200',
  ],
  ['stream.close(REFUSED_STREAM)', ({ stream }) => stream.close(constants.NGHTTP2_REFUSED_STREAM), 'refused'],
];

export const NODE_HTTP2_CELLS: Cell[] = BEHAVIOURS.map(([behaviour, act, expected]) => ({
  connection: "HTTP/2 to Node's server",
  behaviour,
  expected,
  play: async () => {
    const server = createServer();
    const sockets: Socket[] = [];
    server.on('connection', (raw: Socket) => sockets.push(raw));
    server.on('sessionError', () => undefined);
    server.on('stream', (stream: ServerHttp2Stream) => {
      stream.on('error', () => undefined);
      const [raw] = sockets;
      if (raw !== undefined) act({ stream, raw, server });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const connection = openConnection({ host: '127.0.0.1', port, http2: true });
    const outcome = await connection.request(plain());
    connection.abandon();
    return words(outcome);
  },
}));
