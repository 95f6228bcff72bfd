import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import {
  constants,
  createSecureServer,
  createServer as createHttp2,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Origin } from '../../src/plan/origin.js';
import { askPaths, askProbe } from '../../src/probes/ask.js';
import { speaksHttp2, speaksTls } from '../../src/probes/protocol.js';
import { CARELESS, CERTIFICATE, KEY, TRUSTING } from '../support/tls.js';
import { tcpServer } from '../support/http.js';

/** Far beyond what a busy machine needs; never waited for. */
const LONG = 60_000;
const PEM = { cert: CERTIFICATE, key: KEY };

let paths = 0;
const unusedPath = () => path.join(tmpdir(), `drain-check-probes-${process.pid}-${paths++}.sock`);

/** Lets a server listen; it is gone when the test is. */
async function listen(server: Server, how: Partial<Origin> = {}, where: string | null = null) {
  const sockets: Socket[] = [];
  server.on('connection', (socket: Socket) => sockets.push(socket));
  server.on('sessionError', () => undefined);
  if (where === null) server.listen(0, '127.0.0.1');
  else server.listen(where);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const place =
    where === null
      ? { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
      : { host: '', port: 0, socketPath: where };
  return { origin: { ...place, ...how } satisfies Origin, sockets };
}

async function closed(sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) if (!socket.destroyed) await once(socket, 'close');
}

const page = (url: string | undefined) => ({ status: url === '/ready' ? 503 : 200, body: `this is ${url ?? ''}` });
const pages: RequestListener = (request, response) => {
  const { status, body } = page(request.url);
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
};
const pages2 = (request: Http2ServerRequest, response: Http2ServerResponse) => {
  const { status, body } = page(request.url);
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(body);
};

const KINDS: [string, () => ReturnType<typeof listen>][] = [
  ['TLS, with an authority to trust', () => listen(createHttps(PEM, pages), { tls: TRUSTING })],
  ['TLS, with whatever certificate', () => listen(createHttps(PEM, pages), { tls: CARELESS })],
  ['a Unix socket', () => listen(createServer(pages), {}, unusedPath())],
  ['a Unix socket and TLS', () => listen(createHttps(PEM, pages), { tls: TRUSTING }, unusedPath())],
  ['HTTP/2', () => listen(createHttp2(pages2), { http2: true })],
  ['HTTP/2 over TLS', () => listen(createSecureServer(PEM, pages2), { http2: true, tls: TRUSTING })],
  ['HTTP/2 over a Unix socket', () => listen(createHttp2(pages2), { http2: true }, unusedPath())],
];

describe.each(KINDS)('probes over %s', (_kind, begin) => {
  it('give the status and as much of the body as they may', async () => {
    const { origin } = await begin();
    expect(await askProbe(origin, '/ready', LONG)).toEqual({
      outcome: { kind: 'status', status: 503 },
      contentType: 'text/plain',
      body: '',
    });
    expect((await askProbe(origin, '/live', LONG, 7)).body).toBe('this is');
  });

  it('have a connection each, and many paths share a few', async () => {
    const { origin, sockets } = await begin();
    for (let times = 0; times < 3; times++) await askProbe(origin, '/', LONG);
    expect(sockets).toHaveLength(3);
    const asked = Array.from({ length: 20 }, (_, index) => `/${index}`);
    const answers = await askPaths(origin, asked, LONG, 100);
    expect(asked.map((one) => answers.get(one)?.body)).toEqual(asked.map((one) => `this is ${one}`));
    expect(sockets.length).toBeLessThanOrEqual(3 + (origin.http2 === true ? 1 : 4));
  });

  it('let go of the connection', async () => {
    const { origin, sockets } = await begin();
    await askProbe(origin, '/', LONG);
    await askPaths(origin, ['/a', '/b'], LONG, 10);
    await closed(sockets);
  });
});

const WAYS: [string, Partial<Origin>][] = [
  ['TLS', { tls: CARELESS }],
  ['HTTP/2', { http2: true }],
  ['HTTP/2 over TLS', { http2: true, tls: CARELESS }],
];

describe.each(WAYS)('probes over %s that are not answered', (_way, how) => {
  const outcome = async (origin: Origin, timeoutMs = LONG) =>
    (await askProbe({ ...origin, ...how }, '/', timeoutMs)).outcome;

  it('tell how', async () => {
    const nobody = { host: '127.0.0.1', port: 1 };
    expect(await outcome(nobody)).toEqual({ kind: 'refused' });
    expect(await outcome({ host: '', port: 0, socketPath: unusedPath() })).toEqual({ kind: 'refused' });
    expect(await outcome(await tcpServer((socket) => socket.once('data', () => socket.end())))).toEqual({
      kind: 'closed',
    });
    expect(await outcome(await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())))).toEqual({
      kind: 'reset',
    });
    expect(
      await outcome(await tcpServer((socket) => socket.once('data', () => socket.write('220 not that\r\n')))),
      '',
    ).toEqual({
      kind: 'malformed',
    });
    expect(await outcome(await tcpServer((socket) => socket.resume()), 30)).toEqual({ kind: 'timed-out' });
  });

  it('tell it of each of many paths', async () => {
    const origin = await tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const answers = await askPaths({ ...origin, ...how }, ['/1', '/2', '/3', '/4', '/5', '/6'], LONG, 10);
    expect([...answers.values()].map(({ outcome: { kind } }) => kind)).toEqual(
      Array.from({ length: 6 }, () => 'reset'),
    );
  });
});

describe('probes', () => {
  it('are not answered by a certificate for another name', async () => {
    const { origin } = await listen(createHttps(PEM, pages), { tls: { ca: CERTIFICATE, servername: 'example.org' } });
    expect((await askProbe(origin, '/', LONG)).outcome).toEqual({ kind: 'malformed' });
    const answers = await askPaths(origin, ['/1', '/2'], LONG, 10);
    expect([...answers.values()].map(({ outcome }) => outcome.kind)).toEqual(['malformed', 'malformed']);
  });

  it('over HTTP/2 tell a stream that was reset from a connection that was closed', async () => {
    const server = createHttp2();
    server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      if (headers[':path'] === '/reset') stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      else if (headers[':path'] === '/error') stream.session?.destroy(new Error('an error'));
      else stream.session?.destroy();
    });
    const { origin } = await listen(server, { http2: true });
    expect((await askProbe(origin, '/reset', LONG)).outcome).toEqual({ kind: 'reset' });
    expect((await askProbe(origin, '/closed', LONG)).outcome).toEqual({ kind: 'closed' });
    expect((await askProbe(origin, '/error', LONG)).outcome).toEqual({ kind: 'closed' });
  });
});

describe('what a target speaks', () => {
  it.each([
    ['HTTP', () => listen(createServer(pages)), false, false],
    ['HTTPS', () => listen(createHttps(PEM, pages)), true, false],
    ['HTTP/2', () => listen(createHttp2(pages2)), false, true],
    ['HTTP/2 over TLS', () => listen(createSecureServer(PEM, pages2)), true, false],
    ['HTTP on a Unix socket', () => listen(createServer(pages), {}, unusedPath()), false, false],
    ['HTTPS on a Unix socket', () => listen(createHttps(PEM, pages), {}, unusedPath()), true, false],
  ])('is known of %s', async (_what, begin, tls, http2) => {
    const { origin, sockets } = await begin();
    expect({ tls: await speaksTls(origin, LONG), http2: await speaksHttp2(origin, LONG) }).toEqual({ tls, http2 });
    await closed(sockets);
  });

  it('is nothing where nobody listens, or nobody says anything in time', async () => {
    const mute = await tcpServer((socket) => socket.resume());
    for (const origin of [{ host: '127.0.0.1', port: 1 }, mute]) {
      expect(await speaksTls(origin, 30)).toBe(false);
      expect(await speaksHttp2(origin, 30)).toBe(false);
    }
  });
});
