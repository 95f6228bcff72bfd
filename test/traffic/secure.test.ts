import { createServer as createHttps } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TlsOrigin } from '../../src/plan/origin.js';
import { openConnection } from '../../src/traffic/connection.js';
import { HeldBody } from '../../src/traffic/held-body.js';
import { layered } from '../../src/traffic/secure.js';
import { plainRequest, uploadRequest } from '../../src/traffic/upload.js';
import { WatchedSocket } from '../../src/traffic/watched-socket.js';
import { CARELESS, CERTIFICATE, KEY, TRUSTING } from '../support/tls.js';
import { serve, until } from './endings/server.js';

/** Node's HTTPS server, and how it is reached. */
async function httpsServer(tls: TlsOrigin, names: unknown[] = []) {
  const server = createHttps({ cert: CERTIFICATE, key: KEY, ALPNProtocols: ['http/1.1'] }, (request, response) => {
    request.resume().on('end', () => response.end('hello'));
  });
  server.on('secureConnection', (socket) => names.push(socket.servername));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, tls };
}

/** What TLS agreed on with this server. */
async function agreement(origin: Awaited<ReturnType<typeof httpsServer>>, alpn?: string[]) {
  const socket = new WatchedSocket(origin);
  onTestFinished(() => socket.abandon());
  return layered(socket, origin, alpn).secured;
}

describe('layered', () => {
  it('is the socket itself without TLS', async () => {
    const { origin } = await serve('tcp', 'http/1.1', () => undefined);
    const socket = new WatchedSocket(origin);
    expect(layered(socket, origin)).toEqual({ stream: socket, secured: null });
    socket.abandon();
  });

  it('says what was agreed on, and what is wrong with a certificate that is accepted all the same', async () => {
    expect(await agreement(await httpsServer(TRUSTING))).toEqual({
      protocol: 'TLSv1.3',
      alpn: 'http/1.1',
      authorized: true,
      problem: null,
    });
    expect(await agreement(await httpsServer(CARELESS))).toMatchObject({
      authorized: false,
      problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('takes the certificate only for the name that is asked for, which the server is told', async () => {
    const names: unknown[] = [];
    const other = await httpsServer({ ca: CERTIFICATE, servername: 'example.org' }, names);
    await expect(agreement(other)).rejects.toThrow(/not in the cert's altnames/);
    const local = await httpsServer({ ca: CERTIFICATE, servername: 'localhost' }, names);
    expect(await agreement(local)).toMatchObject({ authorized: true });
    await until(() => names.includes('localhost'));
  });

  it('rejects with a reason that a person can read', async () => {
    const origin = await httpsServer(CARELESS);
    await expect(agreement(origin, ['h2'])).rejects.toThrow(/^tlsv1 alert no application protocol$/);
    const { origin: plain } = await serve('tcp', 'http/1.1', ({ raw }) => raw.resume().write('220 not TLS\r\n'));
    await expect(agreement({ ...plain, tls: CARELESS })).rejects.toThrow(/^wrong version number$/);
  });

  it('says no more of a failure that nobody waits for', async () => {
    const { origin } = await serve('tcp', 'http/1.1', ({ raw }) => raw.destroy());
    const socket = new WatchedSocket(origin);
    layered(socket, { ...origin, tls: CARELESS });
    await socket.peerEnded;
  });
});

describe('a connection over TLS', () => {
  it('keeps being used, and is ended by whoever ends it first', async () => {
    const connection = openConnection(await httpsServer(TRUSTING));
    for (let times = 0; times < 3; times++)
      expect(await connection.request(plainRequest('/', false))).toMatchObject({ ending: 'answered', bytes: 5 });
    connection.close();
    expect(await connection.socket.ended).toBe('tester');
    expect(await connection.socket.peerEnded).toBe('fin');
  });

  it('takes no handshake for a request that was sent', async () => {
    const { origin } = await serve('tls', 'http/1.1', ({ stream }) => stream.resume());
    const connection = openConnection(origin);
    await connection.secured;
    await until(() => connection.socket.flushed);
    expect(connection.isSent()).toBe(false);
    const body = new HeldBody(Buffer.from('a body'));
    const upload = uploadRequest({ method: 'POST', path: '/', headers: [], body: '' }, body);
    const outcome = connection.request(upload);
    await until(() => connection.isSent() && body.waiting);
    connection.abandon();
    expect((await outcome).ending).toBe('ended-by-tester');
  });

  it('says why when TLS does not come to stand', async () => {
    const untrusted = openConnection(await httpsServer({ ca: CERTIFICATE, servername: 'example.org' }));
    const outcome = await untrusted.request(plainRequest('/', false));
    expect(outcome).toMatchObject({ ending: 'short', status: null });
    expect(outcome.detail).toMatch(/^TLS: .*not in the cert's altnames/);
    const unasked = openConnection({ ...(await httpsServer(CARELESS)), http2: true });
    expect((await unasked.request(plainRequest('/', false))).detail).toBe('TLS: tlsv1 alert no application protocol');
  });
});
