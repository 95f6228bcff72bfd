import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { onTestFinished } from 'vitest';
import type { Origin } from '../../../src/plan/origin.js';
import { CARELESS, CERTIFICATE, KEY } from '../../support/tls.js';

/** What requests travel over. */
export type Transport = 'tcp' | 'tls' | 'unix';

/** The server's side of one connection: what is spoken over, and the socket below it. Nothing is read before it is asked for. */
export class Peer {
  #stream: Duplex | null = null;

  constructor(
    readonly raw: Socket,
    private readonly alpn: string | null,
  ) {}

  get stream(): Duplex {
    this.#stream ??= this.alpn === null ? this.raw.resume() : secured(this.raw, this.alpn);
    return this.#stream;
  }
}

let paths = 0;

/** A server that hands out each connection as it is accepted, unread, and ends none by itself. It is gone when the test is. */
export async function serve(
  transport: Transport,
  alpn: 'http/1.1' | 'h2',
  onPeer: (peer: Peer) => void,
): Promise<{ origin: Origin; server: Server }> {
  const open = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true, noDelay: true }, (raw) => {
    open.add(raw);
    raw.on('error', () => undefined);
    raw.on('close', () => open.delete(raw));
    onPeer(new Peer(raw, transport === 'tls' ? alpn : null));
  });
  onTestFinished(() => {
    for (const raw of open) raw.destroy();
    server.close();
  });
  if (transport === 'unix') server.listen(unusedPath());
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: originAt(server.address() as AddressInfo | string, transport, alpn) };
}

function secured(raw: Socket, alpn: string): Duplex {
  const stream = new TLSSocket(raw, { isServer: true, cert: CERTIFICATE, key: KEY, ALPNProtocols: [alpn] });
  stream.on('error', () => undefined);
  return stream;
}

function unusedPath(): string {
  return path.join(tmpdir(), `drain-check-${process.pid}-${paths++}.sock`);
}

function originAt(address: AddressInfo | string, transport: Transport, alpn: string): Origin {
  const place =
    typeof address === 'string'
      ? { host: '', port: 0, socketPath: address }
      : { host: '127.0.0.1', port: address.port };
  return {
    ...place,
    ...(transport === 'tls' ? { tls: CARELESS } : {}),
    ...(alpn === 'h2' ? { http2: true } : {}),
  };
}

/** An origin at which nobody listens: a port that was free a moment ago may be somebody else's by now, but not this one. */
export function nobody(transport: Transport, alpn: 'http/1.1' | 'h2'): Origin {
  const place = transport === 'unix' ? unusedPath() : { port: 1, address: '127.0.0.1', family: 'IPv4' };
  return originAt(place, transport, alpn);
}

/** Waits until something is so, turn by turn of the event loop. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What a server does to a connection. */
export const acts = {
  /** Writes and waits. */
  stay: ({ stream }: Peer, bytes: string | Buffer) => void stream.write(bytes),
  fin: ({ stream }: Peer, bytes: string | Buffer) => void stream.end(bytes),
  /** The RST comes when what was written has been read: both sides live in this process and share its event loop. */
  rst: async ({ stream, raw }: Peer, bytes: string | Buffer) => {
    if (bytes.length > 0) await new Promise((resolve) => stream.write(bytes, resolve));
    for (let turns = 0; turns < 3; turns++) await turn();
    raw.resetAndDestroy();
  },
  /** What was written and the RST arrive in the same moment. */
  rstAtOnce: ({ stream, raw }: Peer, bytes: string | Buffer) => {
    stream.write(bytes);
    raw.resetAndDestroy();
  },
};

export type Act = keyof typeof acts;
