import { once } from 'node:events';
import { createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventBody, EventType } from '../../src/recording/events.js';
import { createClock } from '../../src/recording/clock.js';
import { holdSlowResponse, holdUpload, shareConnection } from '../../src/traffic/held-work.js';
import { Numbering } from '../../src/traffic/numbering.js';
import { until } from './endings/server.js';

/** A server that answers when it is told, and what is recorded of the work that it holds. */
async function stage() {
  const server = createServer();
  const sessions: ServerHttp2Session[] = [];
  const streams: ServerHttp2Stream[] = [];
  server.on('session', (session) => sessions.push(session));
  server.on('stream', (stream: ServerHttp2Stream) => streams.push(stream));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  const events: EventBody[] = [];
  const recorder = { clock: createClock(), record: (event: EventBody) => events.push(event) };
  const recorded = <T extends EventType>(type: T) =>
    events.filter((event): event is Extract<EventBody, { type: T }> => event.type === type);
  const origin = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, http2: true };
  const answer = (stream: ServerHttp2Stream | undefined) => stream?.respond({ ':status': 200 }, { endStream: true });
  return { exchanges: { recorder, numbering: new Numbering(0) }, origin, sessions, streams, recorded, answer };
}

const slow = { method: 'GET', path: '/slow', headers: [], body: null } satisfies Parameters<typeof holdSlowResponse>[2];

describe('slow responses on one HTTP/2 connection', () => {
  it('share it and its number, and leave it open for the others', async () => {
    const { exchanges, origin, sessions, streams, recorded, answer } = await stage();
    const shared = shareConnection(exchanges, origin, false);
    const held = [1, 2, 3].map(() => holdSlowResponse(exchanges, origin, slow, false, shared));
    await until(() => streams.length === 3 && held.every((work) => work.isSent()));
    expect(sessions).toHaveLength(1);
    expect(new Set(recorded('exchange-opened').map(({ connection }) => connection))).toEqual(new Set([shared.number]));
    expect(recorded('exchange-connected')).toHaveLength(3);
    answer(streams[0]);
    expect((await held[0]?.done)?.ending).toBe('answered');
    expect(held.map((work) => work.over())).toEqual([true, false, false]);
    expect(shared.connection.usable).toBe(true);
    for (const stream of streams.slice(1)) answer(stream);
    expect((await Promise.all(held.map((work) => work.done))).map(({ ending }) => ending)).toEqual(
      Array.from({ length: 3 }, () => 'answered'),
    );
    shared.connection.close();
    expect(await shared.connection.socket.ended).toBe('tester');
  });

  it('record the GOAWAY that ends it', async () => {
    const { exchanges, origin, sessions, streams, recorded, answer } = await stage();
    const shared = shareConnection(exchanges, origin, true);
    const work = holdSlowResponse(exchanges, origin, slow, true, shared);
    await until(() => streams.length === 1);
    sessions[0]?.close();
    await until(() => recorded('goaway').length === 1);
    answer(streams[0]);
    expect(await work.done).toMatchObject({ ending: 'answered', announcedClose: true });
    expect(recorded('goaway')).toEqual([{ type: 'goaway', connection: shared.number, code: 0, lastStream: 1 }]);
    await shared.connection.socket.ended;
    expect(recorded('connection-closed')).toHaveLength(1);
  });
});

describe('an upload on an HTTP/2 connection of its own', () => {
  it('is held until it is released, and closes the connection', async () => {
    const { exchanges, origin, streams, recorded, answer } = await stage();
    const work = holdUpload(exchanges, origin, { method: 'POST', path: '/', headers: [], body: 'a body' }, false);
    await until(() => work.isSent() && streams.length === 1);
    let ended = false;
    streams[0]?.resume().once('end', () => (ended = true));
    work.release();
    await until(() => ended);
    answer(streams[0]);
    expect((await work.done).ending).toBe('answered');
    expect(recorded('upload-released')).toHaveLength(1);
    expect(await work.connection.socket.ended).toBe('tester');
  });
});
