import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import type { WebSocketPlan } from '../../src/plan/types.js';
import { createClock } from '../../src/recording/clock.js';
import type { EventBody, EventType } from '../../src/recording/events.js';
import { HeldWebSocket } from '../../src/traffic/held-websocket.js';
import { Numbering } from '../../src/traffic/numbering.js';

const PLAN: WebSocketPlan = {
  message: null,
  goodbye: null,
  closeCodes: [1001],
  closeCodesGiven: false,
  subprotocols: [],
};

/** A WebSocket held at a server, the server's end of it, and what is recorded. */
async function held(kind: 'quiet-websocket' | 'talking-websocket', plan: Partial<WebSocketPlan> = {}) {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = once(sockets, 'connection') as Promise<[WebSocket]>;
  const events: EventBody[] = [];
  const clock = createClock();
  const exchanges = {
    recorder: { clock, record: (event: EventBody) => events.push(event) },
    numbering: new Numbering(0),
  };
  const { port } = server.address() as AddressInfo;
  const work = new HeldWebSocket(
    exchanges,
    { host: '127.0.0.1', port },
    { kind, path: '/', plan: { ...PLAN, ...plan }, headers: [], timeoutMs: 5000 },
  );
  onTestFinished(() => {
    work.connection.abandon();
    server.close();
  });
  const [client] = await taken;
  await work.connection.opened;
  const recorded = <T extends EventType>(type: T) =>
    events.find((event): event is Extract<EventBody, { type: T }> => event.type === type);
  return { work, client, recorded, signal: (later = 0) => work.signalled(clock.now() + later) };
}

/** The server hears so many messages. */
async function hear(client: WebSocket, count: number, answer: (text: string) => void = () => undefined): Promise<void> {
  for (let heard = 0; heard < count; heard++) {
    const [data] = (await once(client, 'message')) as [Buffer];
    answer(data.toString());
  }
}

describe('a held WebSocket', () => {
  it('is armed by its upgrade, and records the close frame', async () => {
    const { work, client, recorded, signal } = await held('quiet-websocket');
    expect([work.hasHead(), work.headProof, work.over()]).toEqual([true, 'upgraded', false]);
    signal();
    client.close(1012, 'restart');
    await work.done;
    expect(work.over()).toBe(true);
    expect(recorded('websocket-closed')).toMatchObject({ code: 1012, reason: 'restart', sent: 0, lost: 0, tcp: 'fin' });
    expect(recorded('exchange-ended')).toMatchObject({ ending: 'answered', status: 101 });
  });

  it('hears the goodbye only after the signal', async () => {
    const { work, client, recorded, signal } = await held('quiet-websocket', {
      goodbye: { kind: 'regex', source: '^going', flags: 'i' },
    });
    client.send('going to school');
    client.send('marker');
    while (work.connection.received < 2) await new Promise(setImmediate);
    signal();
    client.send('not gone');
    client.send('Going away');
    client.close(1001);
    await work.done;
    expect(recorded('websocket-goodbye')).toMatchObject({ text: 'Going away' });
  });

  it('talks with pings where no message is given', async () => {
    const { client, work } = await held('talking-websocket');
    await once(client, 'ping');
    client.close(1001);
    await work.done;
  });

  it('counts what is never answered by a server that has answered each before', async () => {
    const { work, client, recorded, signal } = await held('talking-websocket', { message: 'hi' });
    const answerLate = (text: string) => setTimeout(() => client.send(text), 100);
    await hear(client, 2, answerLate);
    while (work.connection.received < 2) await once(client, 'message');
    // What was said by now was said long enough before a signal that comes a moment later.
    signal(26);
    client.close(1001);
    await work.done;
    const { sent = 0, received = 0, lost = 0 } = recorded('websocket-closed') ?? {};
    expect(received).toBe(2);
    expect(lost).toBeGreaterThan(0);
    expect(lost).toBeLessThanOrEqual(sent - received);
  });

  it('is held only when it is known whether it is answered', async () => {
    const { work, client } = await held('talking-websocket', { message: 'hi' });
    expect(work.hasHead()).toBe(false);
    await hear(client, 2, (text) => client.send(text));
    while (work.connection.received < 2) await new Promise(setImmediate);
    expect(work.hasHead()).toBe(true);
  });

  it('expects nothing of a server that says more than it is asked', async () => {
    const { work, client, recorded, signal } = await held('talking-websocket', { message: 'hi' });
    await hear(client, 2, (text) => [1, 2, 3].forEach(() => client.send(text)));
    while (work.connection.received < 6) await new Promise(setImmediate);
    await hear(client, 1);
    signal(26);
    client.close(1001);
    await work.done;
    expect(recorded('websocket-closed')?.lost).toBe(0);
  });

  it('expects no answers of a server that does not answer', async () => {
    const { work, client, recorded, signal } = await held('talking-websocket', { message: 'hi' });
    await hear(client, 4);
    signal();
    client.close(1001);
    await work.done;
    expect(recorded('websocket-closed')).toMatchObject({ lost: 0, received: 0 });
  });
});
