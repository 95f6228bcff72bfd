import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { askProbe } from '../../src/probes/ask.js';
import { deadOrigin, httpServer, pages, tcpServer, type Origin } from '../support/http.js';

/** Far beyond what a busy machine needs; never waited for. */
const LONG = 60_000;
const ask = (origin: Origin, path = '/ready', maxBody = 0, timeoutMs = LONG) =>
  askProbe(origin, path, timeoutMs, maxBody);

/** A server that answers the first bytes it reads with these, and then does something to the socket. */
const raw = (answer: string, after: 'end' | 'resetAndDestroy' | null) =>
  tcpServer((socket) =>
    socket.once('data', () => {
      if (after === 'resetAndDestroy' && answer === '') socket.resetAndDestroy();
      else socket.write(answer, () => after !== null && socket[after]());
    }),
  );

describe('askProbe', () => {
  it.each([200, 204, 301, 404, 500, 503])('gives the status %d', async (status) => {
    expect((await ask(await pages({}, { status, body: status === 204 ? '' : 'text' }))).outcome).toEqual({
      kind: 'status',
      status,
    });
  });

  it('asks as a kubelet does: GET, a connection of its own, closed after it', async () => {
    const seen: IncomingMessage[] = [];
    const origin = await httpServer((request, response) => {
      seen.push(request);
      response.end();
    });
    await ask(origin, '/ready?full=1');
    await ask(origin);
    expect(seen.map(({ method, url }) => `${method ?? ''} ${url ?? ''}`)).toEqual(['GET /ready?full=1', 'GET /ready']);
    expect(seen[0]?.headers).toMatchObject({ connection: 'close', host: `127.0.0.1:${origin.port}`, accept: '*/*' });
    expect(seen[0]?.socket).not.toBe(seen[1]?.socket);
  });

  it('keeps as much of the body as it may', async () => {
    const origin = await pages({}, { body: 'héllo world', type: 'text/html; charset=utf-8' });
    expect(await ask(origin, '/', 4)).toEqual({
      outcome: { kind: 'status', status: 200 },
      contentType: 'text/html; charset=utf-8',
      body: 'hél',
    });
    expect((await ask(origin, '/', 1000)).body).toBe('héllo world');
    expect((await ask(origin, '/', 0)).body).toBe('');
  });

  it('does not wait for the end of a body, however long it is', async () => {
    const endless = await httpServer((_, response) => {
      const more = () => {
        while (response.write('x'.repeat(1000)));
        response.once('drain', more);
      };
      more();
    });
    expect((await ask(endless, '/', 0)).outcome).toEqual({ kind: 'status', status: 200 });
    expect((await ask(endless, '/', 5000)).body).toHaveLength(5000);
  });

  it('takes a status whose body was cut off', async () => {
    const cut = await raw('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 100\r\n\r\npart', 'end');
    expect((await ask(cut, '/', 1000)).outcome).toEqual({ kind: 'status', status: 503 });
  });

  it('passes over informational answers', async () => {
    const hints = await raw(
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      'end',
    );
    expect((await ask(hints)).outcome).toEqual({ kind: 'status', status: 200 });
  });

  it('tells the ways of not answering apart', async () => {
    expect((await ask(await deadOrigin())).outcome).toEqual({ kind: 'refused' });
    expect((await ask(await raw('', 'end'))).outcome).toEqual({ kind: 'closed' });
    expect((await ask(await raw('', 'resetAndDestroy'))).outcome).toEqual({ kind: 'reset' });
    expect((await ask(await raw('220 mail.example.org ESMTP\r\n', 'end'))).outcome).toEqual({ kind: 'malformed' });
  });

  it('does not wait longer than it may, and lets go of the connection', async () => {
    let closed: Promise<unknown> = Promise.reject(new Error('nobody came'));
    closed.catch(() => undefined);
    const mute = await tcpServer((socket) => {
      closed = once(socket.resume(), 'close');
    });
    expect((await ask(mute, '/', 0, 50)).outcome).toEqual({ kind: 'timed-out' });
    await closed;
  });

  it.runIf(
    Object.values(networkInterfaces())
      .flat()
      .some((one) => one?.address === '::1'),
  )('asks over IPv6', async () => {
    const origin = await httpServer((_, response) => response.end(), '::1');
    expect((await ask(origin)).outcome).toEqual({ kind: 'status', status: 200 });
  });
});
