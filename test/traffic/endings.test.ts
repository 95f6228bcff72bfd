import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HttpConnection } from '../../src/traffic/http-connection.js';
import { plainRequest } from '../../src/traffic/upload.js';
import type { Ending } from '../../src/recording/events.js';

/** A server that treats each connection as the test says, once the request head is there. */
async function serverThat(act: (socket: Socket) => void): Promise<{ host: string; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n';
const CHUNKED = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const UNTIL_CLOSE = 'HTTP/1.1 200 OK\r\n\r\n';
const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno';

const finAfter = (text: string) => (socket: Socket) => void socket.end(text);
/** The RST follows when the client has read what was sent, and then in the same moment as more data. */
const rstAfter = (text: string) => (socket: Socket) =>
  void socket.write(text, () => setImmediate(() => socket.resetAndDestroy()));

const CASES: [string, (socket: Socket) => void, Ending, number | null, 'fin' | 'rst' | null][] = [
  ['FIN before the head', finAfter(''), 'closed', null, 'fin'],
  ['RST before the head', (socket) => void socket.resetAndDestroy(), 'reset', null, 'rst'],
  ['half a head, then FIN', finAfter('HTTP/1.1 200 OK\r\nContent-'), 'closed', null, 'fin'],
  ['half a head, then RST', rstAfter('HTTP/1.1 200 OK\r\nContent-'), 'reset', null, 'rst'],
  ['a head, then FIN', finAfter(LENGTH), 'short', 200, 'fin'],
  ['a head, then RST', rstAfter(LENGTH), 'reset', 200, 'rst'],
  ['a short body, then FIN', finAfter(`${LENGTH}12345`), 'short', 200, 'fin'],
  ['a short body, then RST', rstAfter(`${LENGTH}12345`), 'reset', 200, 'rst'],
  ['a whole body', finAfter(`${LENGTH}1234567890`), 'answered', 200, null],
  ['a whole body, then RST', rstAfter(`${LENGTH}1234567890`), 'answered', 200, null],
  ['chunks without a terminator, then FIN', finAfter(`${CHUNKED}3\r\nabc\r\n`), 'short', 200, 'fin'],
  ['chunks without a terminator, then RST', rstAfter(`${CHUNKED}3\r\nabc\r\n`), 'reset', 200, 'rst'],
  ['chunks with their terminator', finAfter(`${CHUNKED}3\r\nabc\r\n0\r\n\r\n`), 'answered', 200, null],
  ['a body until FIN', finAfter(`${UNTIL_CLOSE}hello`), 'answered', 200, 'fin'],
  ['a body until RST', rstAfter(`${UNTIL_CLOSE}hello`), 'reset', 200, 'rst'],
  ['a whole 503', finAfter(UNAVAILABLE), 'rejected', 503, null],
  ['half a 503, then FIN', finAfter(UNAVAILABLE.slice(0, -1)), 'short', 503, 'fin'],
  ['100 Continue, then an answer', finAfter(`HTTP/1.1 100 Continue\r\n\r\n${LENGTH}1234567890`), 'answered', 200, null],
  ['103 Early Hints, then FIN', finAfter('HTTP/1.1 103 Early Hints\r\n\r\n'), 'closed', null, 'fin'],
  ['garbage', finAfter('220 mail.example.com\r\n'), 'short', null, null],
];

describe('how an exchange ended', () => {
  it.each(CASES)('%s', async (_name, act, ending, status, socketEnd) => {
    const connection = new HttpConnection(await serverThat(act));
    const outcome = await connection.request(plainRequest('/', false));
    connection.abandon();
    expect(outcome).toMatchObject({ ending, status });
    if (socketEnd !== null) expect(outcome.socketEnd).toBe(socketEnd);
  });

  it('refused', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const outcome = await new HttpConnection({ host: '127.0.0.1', port }).request(plainRequest('/', false));
    expect(outcome).toMatchObject({ ending: 'refused', status: null });
  });

  it('never answered', async () => {
    const connection = new HttpConnection(await serverThat(() => undefined));
    expect((await connection.request(plainRequest('/', false), undefined, 50)).ending).toBe('timed-out');
  });

  it('ended by the tester, which proves nothing', async () => {
    const connection = new HttpConnection(await serverThat((socket) => void socket.write(LENGTH)));
    const outcome = connection.request(plainRequest('/', false), () => connection.abandon());
    expect((await outcome).ending).toBe('ended-by-tester');
  });

  it('in the backlog of a listener that closed', async () => {
    // Whoever connects is never accepted, as the event loop stands still until the listener is closed.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const connection = new HttpConnection({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
    server.close();
    expect((await connection.request(plainRequest('/', false))).ending).toMatch(/^(reset|refused)$/);
  });

  it('data and RST at once, a hundred times', async () => {
    const origin = await serverThat((socket) => {
      socket.write(`${LENGTH}12345`);
      socket.resetAndDestroy();
    });
    const endings = new Set<string>();
    for (let i = 0; i < 100; i++) {
      const connection = new HttpConnection(origin);
      endings.add((await connection.request(plainRequest('/', false))).ending);
      connection.abandon();
    }
    expect([...endings]).toEqual(['reset']);
  });
});
