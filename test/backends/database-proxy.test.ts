import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { assertReachable, DatabaseProxy } from '../../src/backends/database-proxy.js';
import { freePort } from '../../src/target/free-port.js';
import { forLife, Recorder } from '../../src/recording/recorder.js';
import { until } from '../support/cli.js';
import { examplePlan, POSTGRES } from '../support/plan.js';

const closing: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that answers like Redis to everything, and a proxy in front of it. */
async function standing(
  answer: (socket: Socket) => void = (socket) => socket.on('data', () => socket.write('+OK\r\n')),
) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    answer(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const all = new Recorder(examplePlan(), { name: 'drain-check', version: '0' });
  const { port } = server.address() as AddressInfo;
  let number = 0;
  const database = { ...POSTGRES, protocol: 'redis' as const, host: '127.0.0.1', port };
  const proxy = await DatabaseProxy.open(database, forLife(all, 0), () => number++);
  closing.push(
    () => proxy.close(),
    () => server.close(),
    () => sockets.forEach((socket) => socket.destroy()),
  );
  const client = connect({ port: proxy.port, host: '127.0.0.1' });
  client.on('error', () => undefined);
  closing.push(() => client.destroy());
  await once(client, 'connect');
  const closed = async () => {
    const ends = () => all.recording().events.filter((event) => event.type === 'database-closed');
    await until(() => ends().length > 0);
    return ends()[0];
  };
  return { client, proxy, closed, events: () => all.recording().events, sockets };
}

describe('the proxy in front of a database', () => {
  it('passes on what both sides say, and how the target leaves', async () => {
    const { client, closed } = await standing();
    client.write('*1\r\n$4\r\nPING\r\n');
    expect(String((await once(client, 'data'))[0])).toBe('+OK\r\n');
    client.end('*1\r\n$4\r\nQUIT\r\n');
    expect(await closed()).toMatchObject({ by: 'target', how: 'fin', goodbye: true, session: true, unfinished: false });
  });

  it('tells a reset of the target from an end', async () => {
    const { client, closed } = await standing();
    client.write('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
    await once(client, 'data');
    client.resetAndDestroy();
    expect(await closed()).toMatchObject({ by: 'target', how: 'rst', goodbye: false });
  });

  it('tells an end of the server from one of the target', async () => {
    const { client, closed, sockets } = await standing();
    client.write('*1\r\n$4\r\nPING\r\n');
    await once(client, 'data');
    sockets[0]?.end();
    await once(client, 'end');
    expect(await closed()).toMatchObject({ by: 'server', how: 'fin' });
  });

  it('says what was under way', async () => {
    const { client, closed } = await standing(() => undefined);
    client.end('*2\r\n$3\r\nGET\r\n$1\r\na\r\n');
    expect(await closed()).toMatchObject({ unfinished: true, queries: 1 });
  });

  it('passes on more than fits into a buffer, unchanged', async () => {
    const much = Buffer.alloc(8 * 1024 * 1024, 0x61);
    const { client } = await standing((socket) => socket.end(much));
    const chunks: Buffer[] = [];
    client.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(client, 'end');
    expect(Buffer.concat(chunks).equals(much)).toBe(true);
  });

  it('can be cut: what is open is reset, and what comes is too', async () => {
    const { client, proxy, closed } = await standing();
    client.write('*1\r\n$4\r\nPING\r\n');
    await once(client, 'data');
    const gone = new Promise((resolve) => client.once('close', resolve));
    proxy.cut();
    await gone;
    expect(await closed()).toMatchObject({ by: 'cut' });
    const late = connect({ port: proxy.port, host: '127.0.0.1' });
    late.on('error', () => undefined);
    await new Promise((resolve) => late.once('close', resolve));
  });

  it('is told before anything else that the database is not there', async () => {
    const nowhere = { ...POSTGRES, host: '127.0.0.1', port: await freePort() };
    await expect(assertReachable(nowhere)).rejects.toMatchObject({ code: 'database-unreachable' });
  });
});
