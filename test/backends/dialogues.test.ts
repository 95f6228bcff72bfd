import fc from 'fast-check';
import { serialize } from 'pg-protocol';
import { describe, expect, it } from 'vitest';
import type { Dialogue } from '../../src/backends/dialogue.js';
import { MysqlDialogue } from '../../src/backends/mysql.js';
import { PostgresDialogue } from '../../src/backends/postgres.js';
import { RedisDialogue } from '../../src/backends/redis.js';

type Said = ['target' | 'server', Buffer];

function follow(dialogue: Dialogue, said: readonly Said[]): Dialogue {
  for (const [who, bytes] of said) {
    if (who === 'target') dialogue.fromTarget(bytes);
    else dialogue.fromServer(bytes);
  }
  return dialogue;
}

/** The same conversation in smaller pieces. */
function inPieces(said: readonly Said[], size: number): Said[] {
  return said.flatMap(([who, bytes]) =>
    Array.from({ length: Math.ceil(bytes.length / size) }, (_none, i): Said => [
      who,
      bytes.subarray(i * size, (i + 1) * size),
    ]),
  );
}

const typed = (type: string, body: Buffer) => {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const ready = (status: 'I' | 'T' | 'E'): Said => ['server', typed('Z', Buffer.from(status))];
const pg = {
  login: [
    ['target', serialize.startup({ user: 'drain' })],
    ['server', typed('R', Buffer.from([0, 0, 0, 0]))],
    ready('I'),
  ] as Said[],
  query: ['target', serialize.query('SELECT 1')] as Said,
  row: ['server', typed('D', Buffer.alloc(100_000, 0x5a))] as Said,
  parse: ['target', serialize.parse({ text: 'SELECT $1', name: '', types: [] })] as Said,
  execute: ['target', serialize.execute()] as Said,
  sync: ['target', serialize.sync()] as Said,
  end: ['target', serialize.end()] as Said,
};

const packet = (sequence: number, ...body: (number | Buffer)[]) => {
  const bytes = Buffer.concat(body.map((part) => (typeof part === 'number' ? Buffer.from([part]) : part)));
  const head = Buffer.alloc(4);
  head.writeUIntLE(bytes.length, 0, 3);
  head.writeUInt8(sequence, 3);
  return Buffer.concat([head, bytes]);
};
const loginPacket = (capabilities: number) => {
  const body = Buffer.alloc(40);
  body.writeUInt32LE(capabilities >>> 0, 0);
  return body;
};
const CLIENT_MYSQL = 1;
const DEPRECATE_EOF = 1 << 24;
const my = {
  login: (capabilities: number): Said[] => [
    ['server', packet(0, Buffer.from('\x0a8.0.0\0greeting'))],
    ['target', packet(1, loginPacket(capabilities | CLIENT_MYSQL))],
    ['server', packet(2, 0xfe, Buffer.from('switch'))],
    ['target', packet(3, Buffer.from('secret'))],
    ['server', packet(4, 0, 0, 0, 2, 0, 0, 0)],
  ],
  query: ['target', packet(0, 3, Buffer.from('SELECT 1'))] as Said,
  ok: (flags: number): Said => ['server', packet(1, 0, 0, 0, flags, 0, 0, 0)],
  columns: ['server', Buffer.concat([packet(1, 2), packet(2, Buffer.from('a')), packet(3, Buffer.from('b'))])] as Said,
  eof: (flags: number): Said => ['server', packet(4, 0xfe, 0, 0, flags, 0)],
  row: ['server', packet(5, 1, Buffer.from('1'))] as Said,
  quit: ['target', packet(0, 1)] as Said,
};

const command = (...words: string[]): Said => [
  'target',
  Buffer.from(`*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`),
];
const reply = (text: string): Said => ['server', Buffer.from(text)];

interface Cell {
  name: string;
  make: () => Dialogue;
  said: Said[];
  state: Partial<Dialogue['state']>;
}

const cells: Cell[] = [
  ...[
    { name: 'a login alone', said: pg.login, state: { session: true, unfinished: false, queries: 0 } },
    { name: 'a query under way', said: [...pg.login, pg.query, pg.row], state: { unfinished: true, queries: 1 } },
    { name: 'a query that is over', said: [...pg.login, pg.query, pg.row, ready('I')], state: { unfinished: false } },
    {
      name: 'a transaction',
      said: [...pg.login, pg.query, ready('T')],
      state: { transaction: true, unfinished: false },
    },
    { name: 'one that has failed', said: [...pg.login, pg.query, ready('E')], state: { transaction: true } },
    { name: 'a query in parts', said: [...pg.login, pg.parse, pg.execute], state: { unfinished: true, queries: 1 } },
    { name: 'its Sync', said: [...pg.login, pg.parse, pg.execute, pg.sync], state: { unfinished: true } },
    {
      name: 'two in a row, one over',
      said: [...pg.login, pg.execute, pg.sync, pg.execute, pg.sync, ready('I')],
      state: { unfinished: true, queries: 2 },
    },
    {
      name: 'a goodbye',
      said: [...pg.login, pg.query, ready('I'), pg.end],
      state: { goodbye: true, unfinished: false },
    },
    {
      name: 'a refused request for TLS',
      said: [['target', serialize.requestSsl()], ['server', Buffer.from('N')], ...pg.login] as Said[],
      state: { observable: 'yes' as const, session: true },
    },
    {
      name: 'TLS',
      said: [
        ['target', serialize.requestSsl()],
        ['server', Buffer.from('S')],
        ['target', Buffer.from([0x16, 3, 1])],
      ] as Said[],
      state: { observable: 'tls' as const, goodbye: false },
    },
    {
      name: 'TLS without asking',
      said: [['target', Buffer.from([0x16, 3, 1, 0])]] as Said[],
      state: { observable: 'tls' as const },
    },
    { name: 'a mere cancellation', said: [['target', serialize.cancel(1, 2)]] as Said[], state: { session: false } },
  ].map((cell) => ({ ...cell, name: `PostgreSQL: ${cell.name}`, make: () => new PostgresDialogue() })),
  ...[
    { name: 'a login alone', said: my.login(0), state: { session: true, unfinished: false, queries: 0 } },
    { name: 'a query under way', said: [...my.login(0), my.query], state: { unfinished: true, queries: 1 } },
    { name: 'one that changed something', said: [...my.login(0), my.query, my.ok(2)], state: { unfinished: false } },
    { name: 'a transaction', said: [...my.login(0), my.query, my.ok(3)], state: { transaction: true } },
    {
      name: 'rows under way',
      said: [...my.login(0), my.query, my.columns, my.eof(2), my.row],
      state: { unfinished: true },
    },
    {
      name: 'rows to the end',
      said: [...my.login(0), my.query, my.columns, my.eof(2), my.row, my.eof(3)],
      state: { unfinished: false, transaction: true },
    },
    {
      name: 'rows that end with OK',
      said: [
        ...my.login(DEPRECATE_EOF),
        my.query,
        my.columns,
        my.row,
        ['server', packet(6, 0xfe, 0, 0, 2, 0, 0, 0)],
      ] as Said[],
      state: { unfinished: false },
    },
    {
      name: 'more results to come',
      said: [...my.login(0), my.query, my.ok(8)],
      state: { unfinished: true },
    },
    {
      name: 'an error',
      said: [...my.login(0), my.query, ['server', packet(1, 0xff, 1, 2)]] as Said[],
      state: { unfinished: false },
    },
    {
      name: 'a prepared statement',
      said: [
        ...my.login(0),
        ['target', packet(0, 0x16, Buffer.from('SELECT ?'))],
        ['server', packet(1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0)],
        ['server', Buffer.concat([packet(2, Buffer.from('param')), packet(3, 0xfe, 0, 0, 2, 0)])],
        ['server', Buffer.concat([packet(4, Buffer.from('column')), packet(5, 0xfe, 0, 0, 2, 0)])],
      ] as Said[],
      state: { unfinished: false, queries: 1 },
    },
    { name: 'a goodbye', said: [...my.login(0), my.quit], state: { goodbye: true, unfinished: false } },
    {
      name: 'TLS',
      said: [
        ['server', packet(0, Buffer.from('\x0agreeting'))],
        ['target', packet(1, loginPacket(1 << 11).subarray(0, 32))],
        ['target', Buffer.from([0x16, 3, 1])],
      ] as Said[],
      state: { observable: 'tls' as const },
    },
    { name: 'compression', said: my.login(1 << 5), state: { observable: 'unknown' as const } },
  ].map((cell) => ({ ...cell, name: `MySQL: ${cell.name}`, make: () => new MysqlDialogue() })),
  ...[
    { name: 'a command under way', said: [command('SET', 'a', 'b')], state: { unfinished: true, queries: 1 } },
    { name: 'one that is over', said: [command('SET', 'a', 'b'), reply('+OK\r\n')], state: { unfinished: false } },
    {
      name: 'an answer of many parts',
      said: [command('LRANGE', 'a'), reply('*2\r\n$1\r\nx\r\n*1\r\n:1\r\n')],
      state: { unfinished: false },
    },
    {
      name: 'half an answer',
      said: [command('LRANGE', 'a'), reply('*2\r\n$1\r\nx\r\n')],
      state: { unfinished: true },
    },
    {
      name: 'a transaction',
      said: [command('MULTI'), reply('+OK\r\n'), command('SET', 'a', 'b'), reply('+QUEUED\r\n')],
      state: { transaction: true, unfinished: false },
    },
    {
      name: 'a transaction that is over',
      said: [command('multi'), reply('+OK\r\n'), command('exec'), reply('*0\r\n')],
      state: { transaction: false, unfinished: false },
    },
    { name: 'a wait for something to come', said: [command('BLPOP', 'a', '0')], state: { unfinished: false } },
    {
      name: 'a reader of a stream',
      said: [command('XREAD', 'COUNT', '1', 'BLOCK', '0')],
      state: { unfinished: false },
    },
    { name: 'a subscription', said: [command('SUBSCRIBE', 'a', 'b')], state: { unfinished: false } },
    {
      name: 'version 3, with something pushed',
      said: [
        command('HELLO', '3'),
        reply('%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n'),
        command('GET', 'a'),
        reply('>1\r\n+x\r\n'),
      ],
      state: { unfinished: true, queries: 1 },
    },
    {
      name: 'a plain line',
      said: [['target', Buffer.from('PING\r\n')], reply('+PONG\r\n')] as Said[],
      state: { unfinished: false },
    },
    { name: 'a goodbye', said: [command('QUIT')], state: { goodbye: true, unfinished: false } },
    { name: 'TLS', said: [['target', Buffer.from([0x16, 3, 1])]] as Said[], state: { observable: 'tls' as const } },
  ].map((cell) => ({ ...cell, name: `Redis: ${cell.name}`, make: () => new RedisDialogue() })),
];

describe.each(cells)('$name', ({ make, said, state }) => {
  it('is known for what it is', () => expect(follow(make(), said).state).toMatchObject(state));

  it('is the same in whatever pieces it comes', () => {
    const whole = follow(make(), said).state;
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (size) => {
        // The answer to a request for encryption is one byte, and comes alone.
        expect(follow(make(), inPieces(said, size)).state).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});

describe.each([
  ['PostgreSQL', () => new PostgresDialogue()],
  ['MySQL', () => new MysqlDialogue()],
  ['Redis', () => new RedisDialogue()],
])('%s', (_name, make) => {
  it('is not disturbed by anything else', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
    const said = fc.array(fc.tuple(fc.constantFrom('target' as const, 'server' as const), bytes), { maxLength: 20 });
    fc.assert(
      fc.property(said, (all) => {
        expect(follow(make(), all).state).toHaveProperty('goodbye');
      }),
    );
  });
});
