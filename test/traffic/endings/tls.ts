import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { openConnection } from '../../../src/traffic/connection.js';
import { frames, greet } from '../../support/http2.js';
import { CERTIFICATE, KEY } from '../../support/tls.js';
import { plain, words, type Cell, type Kind } from './cell.js';
import { serve, type Peer } from './server.js';

const KINDS: Kind[] = [
  { name: 'request over TLS', transport: 'tls', protocol: 'http/1.1', request: () => plain() },
  { name: 'HTTP/2 over TLS', transport: 'tls', protocol: 'h2', request: () => plain() },
];

/** Half an answer, in either protocol. */
const HALF: Record<Kind['protocol'], string | Buffer> = {
  'http/1.1': 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345',
  h2: Buffer.concat([frames.head(1, 200, { length: 10 }), frames.data(1, '12345')]),
};

function whenAsked({ protocol }: Kind, stream: Duplex, act: () => void): void {
  if (protocol === 'h2') greet(stream, act);
  else stream.once('data', act);
}

/** TLS of which the end is not passed on: close_notify is said, and the FIN never comes. */
function withoutFin({ raw }: Peer, protocol: string): Duplex {
  const below = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => void raw.write(chunk, done),
    final: (done) => done(),
  });
  raw.resume().on('data', (chunk: Buffer) => below.push(chunk));
  return new TLSSocket(below, { isServer: true, cert: CERTIFICATE, key: KEY, ALPNProtocols: [protocol] });
}

/** What happens to TLS itself. */
const BEHAVIOURS: [string, (kind: Kind, peer: Peer) => void, string][] = [
  ['FIN in the handshake', (_kind, { raw }) => raw.resume().once('data', () => raw.end()), 'closed fin'],
  ['RST in the handshake', (_kind, { raw }) => raw.resume().once('data', () => raw.resetAndDestroy()), 'reset rst'],
  [
    'plain text in the handshake',
    (_kind, { raw }) => raw.resume().once('data', () => raw.write(HALF['http/1.1'])),
    'short',
  ],
  ['FIN without close_notify', (kind, peer) => whenAsked(kind, peer.stream, () => peer.raw.end()), 'closed fin'],
  [
    'a short body, then FIN without close_notify',
    (kind, peer) => whenAsked(kind, peer.stream, () => peer.stream.write(HALF[kind.protocol], () => peer.raw.end())),
    'short 200 fin',
  ],
  [
    'close_notify without FIN',
    (kind, peer) => {
      const stream = withoutFin(peer, kind.protocol);
      whenAsked(kind, stream, () => stream.end());
    },
    'closed fin',
  ],
  [
    'a short body, then close_notify without FIN',
    (kind, peer) => {
      const stream = withoutFin(peer, kind.protocol);
      whenAsked(kind, stream, () => stream.end(HALF[kind.protocol]));
    },
    'short 200 fin',
  ],
];

export const TLS_CELLS: Cell[] = KINDS.flatMap((kind) =>
  BEHAVIOURS.map(([behaviour, act, expected]) => ({
    connection: kind.name,
    behaviour,
    expected,
    play: async () => {
      const { origin } = await serve('tls', kind.protocol, (peer) => act(kind, peer));
      const connection = openConnection(origin);
      const outcome = await connection.request(kind.request());
      connection.abandon();
      return words(outcome);
    },
  })),
);
