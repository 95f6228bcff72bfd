import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  allowConnections,
  closeConnections,
  WatchedSocket,
  type WatchedSocketOptions,
} from '../../src/traffic/watched-socket.js';
import { serve, turn, until, type Transport } from './endings/server.js';

/** A socket of ours and the server's end of it. */
async function pair(options: WatchedSocketOptions = {}, transport: Transport = 'tcp') {
  const accepted: Socket[] = [];
  const { origin } = await serve(transport, 'http/1.1', ({ raw }) => accepted.push(raw));
  const socket = new WatchedSocket(origin, options);
  onTestFinished(() => socket.abandon());
  await until(() => accepted.length > 0);
  const [server] = accepted;
  if (server === undefined) throw new Error('nobody was accepted');
  return { socket, server };
}

describe('WatchedSocket', () => {
  it('knows how the target ended its half after we had ended ours', async () => {
    for (const end of ['fin', 'rst'] as const) {
      const { socket, server } = await pair();
      socket.end();
      await once(server.resume(), 'end');
      expect(socket.peerEnd).toBeNull();
      if (end === 'fin') server.end();
      else server.resetAndDestroy();
      expect(await socket.peerEnded).toBe(end);
      // A RST is not an answer to our FIN.
      expect(await socket.ended).toBe(end === 'fin' ? 'tester' : 'rst');
    }
  });

  it('knows of no end of the target when we were first for good', async () => {
    const { socket } = await pair();
    socket.abandon();
    expect(await socket.peerEnded).toBeNull();
    expect(await socket.ended).toBe('tester');
  });

  it('answers FIN with FIN', async () => {
    const { socket, server } = await pair();
    server.resume().end();
    await once(server, 'end');
    expect(await socket.peerEnded).toBe('fin');
  });

  it.each([
    ['from the beginning', { answerFin: false }],
    ['from some moment on', {}],
  ])('never closes when it plays dead %s, whatever a library wants', async (_when, options) => {
    const { socket, server } = await pair(options);
    if (!('answerFin' in options)) socket.playDead();
    let ended = false;
    server.resume().once('end', () => (ended = true));
    server.end('bye');
    expect(await socket.peerEnded).toBe('fin');
    socket.end();
    socket.destroy();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(ended).toBe(false);
    const closed = once(server, 'error');
    socket.abandon();
    expect(((await closed)[0] as NodeJS.ErrnoException).code).toBe('ECONNRESET');
  });

  it.each([
    ['from the beginning', true],
    ['from some moment on', false],
  ])('reads nothing when it is deaf %s', async (_when, deaf) => {
    const { socket, server } = await pair({ deaf });
    await socket.connected;
    if (!deaf) socket.pauseReading();
    const page = Buffer.alloc(1024 * 1024);
    // Far more than all buffers between the two can hold.
    let written = 0;
    const write = () => server.write(page, (error) => (error ? undefined : ((written += 1), write())));
    write();
    let before = -1;
    while (written !== before) {
      before = written;
      for (let turns = 0; turns < 200; turns++) await turn();
    }
    expect(written).toBeLessThan(64);
    if (deaf) expect(socket.readableLength).toBe(0);
  });

  it('gives a library all that was read before it is told of a RST', async () => {
    const { socket, server } = await pair();
    await socket.connected;
    await new Promise((resolve) => server.write('what came', resolve));
    server.resetAndDestroy();
    expect(await socket.ended).toBe('rst');
    await turn();
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'close');
    expect(Buffer.concat(chunks).toString()).toBe('what came');
  });

  it('is ended by whoever said goodbye first on the layer above', async () => {
    const target = await pair();
    target.socket.endedAbove('target');
    target.socket.end();
    expect(await target.socket.ended).toBe('fin');
    const tester = await pair();
    tester.socket.endedAbove('tester');
    expect(tester.socket.socketEnd).toBeNull();
    tester.server.end();
    expect(await tester.socket.ended).toBe('tester');
    expect(tester.socket.peerEnd).toBe('fin');
  });

  it('can be abandoned on a Unix socket, which knows no RST', async () => {
    const { socket, server } = await pair({}, 'unix');
    const ended = once(server.resume(), 'end');
    socket.abandon();
    await ended;
    expect(socket.localPort).toBe(0);
  });
});

describe('the connections to a target that is let go', () => {
  /** A server, and its ends of the connections to it. */
  async function target(transport: Transport = 'tcp') {
    const accepted: Socket[] = [];
    const { origin } = await serve(transport, 'http/1.1', ({ raw }) => accepted.push(raw));
    onTestFinished(() => allowConnections(origin));
    const open = () => {
      const socket = new WatchedSocket(origin);
      onTestFinished(() => socket.abandon());
      return socket;
    };
    return { origin, accepted, open };
  }

  it.each(['tcp', 'unix'] as const)('are closed with a FIN: %s', async (transport) => {
    const { origin, accepted, open } = await target(transport);
    const sockets = [open(), open()];
    await until(() => accepted.length === 2);
    const ended = accepted.map((server) => once(server.resume(), 'end'));
    closeConnections(origin);
    expect(await Promise.all(sockets.map((socket) => socket.ended))).toEqual(['tester', 'tester']);
    await Promise.all(ended);
  });

  it('are all that lead there, and no others', async () => {
    const one = await target();
    const other = await target();
    const stays = other.open();
    const goes = one.open();
    await until(() => one.accepted.length === 1 && other.accepted.length === 1);
    closeConnections(one.origin);
    expect(await goes.ended).toBe('tester');
    expect(stays.socketEnd).toBeNull();
  });

  it('are also those that are still begun', async () => {
    const { origin, open } = await target();
    closeConnections(origin);
    expect(await open().ended).toBe('tester');
  });

  it('are none that had ended before', async () => {
    const { origin, accepted, open } = await target();
    const socket = open();
    await until(() => accepted.length === 1);
    accepted[0]?.resume().end();
    expect(await socket.ended).toBe('fin');
    closeConnections(origin);
    expect(socket.socketEnd).toBe('fin');
  });

  it('may be opened again once that is allowed', async () => {
    const { origin, accepted, open } = await target();
    closeConnections(origin);
    await open().ended;
    allowConnections(origin);
    const before = accepted.length;
    const socket = open();
    await until(() => accepted.length > before);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(socket.socketEnd).toBeNull();
  });
});
