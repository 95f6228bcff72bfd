import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  connectionTable,
  hasConnectionTable,
  parseProcConnections,
  parseSs,
} from '../../src/target/connection-table.js';
import { until } from '../support/cli.js';

const SS = `LISTEN     0      511        127.0.0.1:8080       0.0.0.0:*     ino:570325 sk:7eb2 cgroup:/ <->
ESTAB      0      0          127.0.0.1:8080     127.0.0.1:45980 uid:1000 ino:31337 sk:7f10 cgroup:/ <->
ESTAB      100    0          127.0.0.1:8080     127.0.0.1:45982 ino:0 sk:7f11 cgroup:/ <->
CLOSE-WAIT 1      0      [::ffff:127.0.0.1]:8080 [::ffff:127.0.0.1]:45984 timer:(keepalive,7sec,0) uid:1000 ino:31338 sk:7f12 cgroup:/ -->
ESTAB      0      0              [::1]:8080         [::1]:45986 ino:31339 sk:7f13 cgroup:unreachable:1 <->
`;

describe('parseSs', () => {
  it('tells by the client’s port who was accepted, and what is unread', () => {
    expect([...parseSs(SS)]).toEqual([
      [45_980, { accepted: true, unread: 0 }],
      [45_982, { accepted: false, unread: 100 }],
      [45_984, { accepted: true, unread: 1 }],
      [45_986, { accepted: true, unread: 0 }],
    ]);
  });

  it.each([
    '',
    '\n',
    'Error: ipv4: permission denied',
    'LISTEN 0 128 *:80 *:* ino:5',
    'ESTAB 0 0 127.0.0.1:80 127.0.0.1:5000',
  ])('finds none in %j', (text) => expect(parseSs(text).size).toBe(0));

  it('never throws, and has whole numbers for keys', () => {
    const near = fc
      .array(fc.constantFrom('ESTAB', 'LISTEN', '0', ' ', '127.0.0.1:80', '[::1]:5', 'ino:', '0', '\n', ':'), {
        maxLength: 40,
      })
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => [...parseSs(text).keys()].every(Number.isInteger)),
      { numRuns: 500 },
    );
  });
});

const HEADER = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const row = (local: string, remote: string, state: string, unread: number, inode: number) =>
  `   3: ${local} ${remote} ${state} 00000000:${unread.toString(16).toUpperCase().padStart(8, '0')} 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 20 4 30 10 -1`;
const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');

describe('parseProcConnections', () => {
  const text = [
    HEADER,
    row('0100007F:1F90', '00000000:0000', '0A', 0, 570_325),
    row('0100007F:1F90', '0100007F:B39C', '01', 0, 31_337),
    row('0100007F:1F90', '0100007F:B39E', '01', 258, 0),
    row('0100007F:1F90', '0100007F:B3A0', '08', 1, 31_338),
    row('0100007F:1F90', '0100007F:B3A2', '06', 0, 0),
    row('0100007F:B39C', '0100007F:1F90', '01', 0, 31_340),
    row('0000000000000000FFFF00000100007F:1F90', '0000000000000000FFFF00000100007F:B3A4', '01', 0, 31_341),
    '',
  ].join('\n');

  it('tells the same from /proc/net/tcp: only connections to the port that are open', () => {
    expect([...parseProcConnections(text, 8080)]).toEqual([
      [45_980, { accepted: true, unread: 0 }],
      [45_982, { accepted: false, unread: 258 }],
      [45_984, { accepted: true, unread: 1 }],
      [45_988, { accepted: true, unread: 0 }],
    ]);
  });

  it('takes no port for one that ends like it', () => {
    expect(
      parseProcConnections([HEADER, row('0100007F:1F90', '0100007F:0001', '01', 0, 1)].join('\n'), 0x90).size,
    ).toBe(0);
    expect(
      parseProcConnections([HEADER, row('0100007F:0090', '0100007F:0001', '01', 0, 1)].join('\n'), 0x90).size,
    ).toBe(1);
  });

  it.each(['', HEADER, `${HEADER}\n\n`])('finds none in %j', (none) =>
    expect(parseProcConnections(none, 8080).size).toBe(0),
  );

  it('reads every row that the kernel can write', () => {
    const port = fc.integer({ min: 1, max: 65_535 });
    const connection = fc.tuple(port, fc.constantFrom('01', '08'), fc.nat(), fc.nat());
    fc.assert(
      fc.property(
        port,
        fc.uniqueArray(connection, { maxLength: 8, selector: ([client]) => client }),
        (server, connections) => {
          const lines = connections.map(([client, state, unread, inode]) =>
            row(`0100007F:${hex(server)}`, `0100007F:${hex(client)}`, state, unread, inode),
          );
          expect([...parseProcConnections([HEADER, ...lines, ''].join('\n'), server)]).toEqual(
            connections.map(([client, , unread, inode]) => [client, { accepted: inode !== 0, unread }]),
          );
        },
      ),
    );
  });

  it('never throws', () => {
    const near = fc
      .array(fc.constantFrom('0100007F:1F90', '01', '08', ' ', '0', ':', '\n'), { maxLength: 40 })
      .map((parts) => `${HEADER}\n${parts.join(' ')}`);
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (foreign) => parseProcConnections(foreign, 8080) instanceof Map),
      { numRuns: 500 },
    );
  });
});

/** A listener, and a client that has sent some bytes to it. */
async function connected(
  onConnection: (socket: Socket) => void,
  bytes: string,
): Promise<{ port: number; client: Socket }> {
  const server = createServer({ pauseOnConnect: true }, onConnection).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  await once(client, 'connect');
  if (bytes !== '') await new Promise((resolve) => client.write(bytes, resolve));
  return { port, client };
}

const at = (port: number) => ({ host: '127.0.0.1', port });

describe.runIf(hasConnectionTable(at(0)))('the table of this machine', () => {
  it('sees what was accepted and is not read', async () => {
    let taken: (socket: Socket) => void = () => undefined;
    const accepted = new Promise<Socket>((resolve) => (taken = resolve));
    const { port, client } = await connected(taken, 'hello');
    const socket = await accepted;
    expect(await connectionTable(at(port))).toEqual(new Map([[client.localPort, { accepted: true, unread: 5 }]]));
    socket.resume();
    await once(socket, 'data');
    expect((await connectionTable(at(port)))?.get(client.localPort ?? 0)).toEqual({ accepted: true, unread: 0 });
    socket.destroy();
  });

  it('sees nothing on a port that nobody uses', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await connectionTable(at(port))).toEqual(new Map());
    server.close();
  });

  it('says the same with and without ss', async () => {
    const sockets: Socket[] = [];
    const { port, client } = await connected((socket) => sockets.push(socket), 'hello');
    await until(() => sockets.length === 1);
    const whole = execFileSync('cat', ['/proc/net/tcp'], { encoding: 'latin1', maxBuffer: 256 * 1024 * 1024 });
    expect(parseProcConnections(whole, port).get(client.localPort ?? 0)).toEqual(
      (await connectionTable(at(port)))?.get(client.localPort ?? 0),
    );
    sockets[0]?.destroy();
  });

  it('does not exist for Unix sockets', async () => {
    expect(await connectionTable({ host: 'localhost', port: 0, socketPath: '/tmp/x.sock' })).toBeNull();
  });
});
