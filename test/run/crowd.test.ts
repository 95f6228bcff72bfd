import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { createClock } from '../../src/recording/clock.js';
import type { EventBody, EventOf } from '../../src/recording/events.js';
import { CrowdLoad } from '../../dist/run/crowd-load.js';
import type { NamedGroup } from '../../src/run/crowd-groups.js';
import { Numbering } from '../../dist/traffic/numbering.js';
import { handshakeBytes, requestBytes } from '../../src/traffic/lean/requests.js';
import { until } from '../support/cli.js';

const MANY = 300;

interface Service {
  server: Server;
  port: number;
  webSockets: WebSocketServer;
  /** Uploads whose last byte has come. */
  finished: () => number;
}

/** Takes uploads and WebSockets; it is gone when the test is. */
async function service(onUpgrade: (request: IncomingMessage) => boolean = () => true): Promise<Service> {
  let finished = 0;
  const webSockets = new WebSocketServer({ noServer: true });
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (request.method === 'POST') finished += 1;
      response.end('thanks');
    });
  });
  server.on('upgrade', (request, socket, head) => {
    if (onUpgrade(request)) webSockets.handleUpgrade(request, socket, head, () => undefined);
    else socket.end('HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
    for (const one of webSockets.clients) one.terminate();
  });
  return { server, port: (server.address() as AddressInfo).port, webSockets, finished: () => finished };
}

/** Opens as many uploads and WebSockets, and some idle connections. */
async function load(port: number, abort = new AbortController().signal) {
  const origin = { host: '127.0.0.1', port };
  const plain = { method: 'GET', path: '/', headers: [], body: null, withhold: false, close: false };
  const upload = { method: 'POST', path: '/', headers: [], body: Buffer.from('a body'), withhold: true, close: true };
  const groups: NamedGroup[] = [
    {
      name: 'quiet-websocket',
      kind: 'websocket',
      count: MANY,
      method: 'GET',
      path: '/ws',
      opening: handshakeBytes(origin, '/ws', [], []),
    },
    {
      name: 'idle-connection',
      kind: 'idle',
      count: 10,
      method: 'GET',
      path: '/',
      opening: requestBytes(origin, plain),
    },
    {
      name: 'slow-upload',
      kind: 'request',
      count: MANY,
      method: 'POST',
      path: '/',
      opening: requestBytes(origin, upload),
    },
  ];
  const events: EventBody[] = [];
  const clock = createClock();
  const crowd = await CrowdLoad.open(
    {
      recorder: { clock, record: (event: EventBody) => void events.push(event) },
      numbering: new Numbering(7),
      origin,
      groups,
      path: '/',
      silence: 'held-upload',
      onProgress: () => undefined,
    },
    abort,
  );
  onTestFinished(() => crowd.close());
  const of = <T extends EventBody['type']>(type: T) =>
    events.filter((event) => event.type === type) as unknown as EventOf<T>[];
  return { crowd, of };
}

function tally(words: readonly (string | number | null)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[String(word)] = (counts[String(word)] ?? 0) + 1;
  return counts;
}

describe('thousands of connections', () => {
  it('are opened, known to be in the target’s hands, and all accounted for', async () => {
    const { server, port, webSockets, finished } = await service();
    const { crowd, of } = await load(port);
    expect(of('crowd-opened')).toMatchObject([{ asked: 2 * MANY + 10, opened: 2 * MANY + 10, shortfall: null }]);
    expect(of('armed')).toMatchObject([{ armed: 2 * MANY + 10, opened: 2 * MANY + 10 }]);
    expect(webSockets.clients.size).toBe(MANY);
    expect(finished()).toBe(0);

    crowd.signalled();
    server.close();
    server.closeIdleConnections();
    for (const one of webSockets.clients) one.close(1001);
    await crowd.over;
    await crowd.tell();
    const [sockets, idle, uploads] = of('crowd-ended');
    expect(sockets).toMatchObject({ kind: 'quiet-websocket', first: 7, path: '/ws' });
    expect(tally(sockets?.ending ?? [])).toEqual({ answered: MANY });
    expect(tally(sockets?.code ?? [])).toEqual({ 1001: MANY });
    expect(tally(sockets?.armed ?? [])).toEqual({ upgraded: MANY });
    expect(idle).toMatchObject({ kind: 'idle-connection', first: 7 + MANY });
    expect(tally(idle?.ending ?? [])).toEqual({ closed: 10 });
    expect(uploads).toMatchObject({ kind: 'slow-upload', first: 7 + MANY + 10, method: 'POST' });
    expect(tally(uploads?.ending ?? [])).toEqual({ answered: MANY });
    expect(tally(uploads?.armed ?? [])).toEqual({ 'accepted-and-read': MANY });
    expect(finished()).toBe(MANY);
  });

  it('end each in its own way when the target just goes', async () => {
    const { server, port, webSockets } = await service();
    const { crowd, of } = await load(port);
    crowd.signalled();
    for (const one of webSockets.clients) one.terminate();
    server.close();
    server.closeAllConnections();
    await crowd.over;
    await crowd.tell();
    const columns = of('crowd-ended');
    const all = tally(columns.flatMap(({ ending }) => ending));
    expect(Object.values(all).reduce((sum, count) => sum + count, 0)).toBe(2 * MANY + 10);
    expect(all['ended-by-tester']).toBeUndefined();
    expect(tally(columns[0]?.ending ?? [])).toEqual({ closed: MANY });
  });

  it('that are turned away while they are opened are counted as such', async () => {
    let asked = 0;
    const { port } = await service(() => ++asked <= 100);
    const { crowd, of } = await load(port);
    await crowd.tell();
    expect(tally(of('crowd-ended')[0]?.ending ?? [])).toEqual({ rejected: MANY - 100, 'ended-by-tester': 100 });
    expect(of('armed')).toMatchObject([{ armed: MANY + 10 + 100 }]);
  });

  it('are all refused where nobody listens', async () => {
    const { crowd, of } = await load(1);
    await crowd.over;
    await crowd.tell();
    expect(of('crowd-opened')).toMatchObject([{ opened: 0 }]);
    expect(tally(of('crowd-ended').flatMap(({ ending }) => ending))).toEqual({ refused: 2 * MANY + 10 });
  });

  it('are let go when the run is aborted', async () => {
    const { server, port, webSockets } = await service();
    const controller = new AbortController();
    const opening = load(port, controller.signal);
    await until(() => webSockets.clients.size > 0);
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow();
    server.close();
    await until(() => webSockets.clients.size === 0);
  });
});
