import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseStat, procTable } from '../../../src/target/processes/proc.js';
import { portHolders } from '../../../src/target/processes/holders.js';

const AFTER_NAME =
  '1 4711 4711 0 -1 4194304 5021 0 12 0 31 8 0 0 20 0 11 0 599307 1012334592 12034 18446744073709551615 1 1 0 0 0 0 0 16781312 134235650 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0';
const stat = (name: string, state = 'S', pid = 4711) => `${pid} (${name}) ${state} ${AFTER_NAME}\n`;
const none = () => '';

describe('parseStat', () => {
  it('reads a line of Linux', () => {
    expect(parseStat(stat('node'), () => 'node server.js')).toEqual({
      pid: 4711,
      ppid: 1,
      pgid: 4711,
      startedAt: '599307',
      zombie: false,
      command: 'node server.js',
    });
  });

  it('puts the name in brackets where there is no command line, as ps does', () =>
    expect(parseStat(stat('kworker/0:1'), none)?.command).toBe('[kworker/0:1]'));

  it.each(['a b', 'a) S 1 2 (b', '(sd-pam)', ')', '((', ') R 9 9 9', 'tmux: server', ' ', 'é', 'x\ny'])(
    'is not confused by the name %j',
    (name) => {
      expect(parseStat(stat(name), none)).toMatchObject({
        pid: 4711,
        ppid: 1,
        pgid: 4711,
        startedAt: '599307',
        command: `[${name}]`,
      });
    },
  );

  it.each([
    ['R', false],
    ['S', false],
    ['D', false],
    ['T', false],
    ['Z', true],
    ['X', true],
  ])('tells whether the state %s is that of the dead', (state, zombie) =>
    expect(parseStat(stat('node', state), none)?.zombie).toBe(zombie),
  );

  it.each([
    '',
    '\n',
    'hello',
    '(node) S 1 2 3',
    '4711 (node',
    '4711 node) S 1',
    '4711 (node) S 1 4711',
    'x (node) S ' + AFTER_NAME,
    ')(',
  ])('is null for %j', (text) => expect(parseStat(text, none)).toBeNull());

  it('keeps the fields apart whatever the name is', () => {
    const fields = fc.tuple(
      fc.integer({ min: 1, max: 4_194_304 }),
      fc.nat(4_194_304),
      fc.nat(4_194_304),
      fc.nat(),
      fc.string({ unit: 'binary', maxLength: 20 }),
    );
    fc.assert(
      fc.property(fields, ([pid, ppid, pgid, startedAt, name]) => {
        const line = `${pid} (${name}) S ${ppid} ${pgid} ${'0 '.repeat(16)}${startedAt} 0 0`;
        expect(parseStat(line, none)).toEqual({
          pid,
          ppid,
          pgid,
          startedAt: String(startedAt),
          zombie: false,
          command: `[${name}]`,
        });
      }),
    );
  });

  it('never throws, and gives null or a row with a pid', () => {
    const near = fc
      .array(fc.constantFrom('(', ')', ' ', 'S', '1', '42', 'node', '\n', '-'), { maxLength: 60 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const row = parseStat(text, none);
        expect(row === null || Number.isInteger(row.pid)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe.runIf(existsSync('/proc/self/stat'))('the table of Linux', () => {
  it('lists this process under its parent', async () => {
    const own = (await procTable.list()).find((row) => row.pid === process.pid);
    expect(own).toMatchObject({ ppid: process.ppid, zombie: false });
    expect(own?.command).toContain('node');
    expect(own?.startedAt).toMatch(/^\d+$/);
  });

  it('names a process by pid and start time, the same every time', async () => {
    const started = async () => (await procTable.list()).find((row) => row.pid === process.pid)?.startedAt;
    expect(await started()).toBe(await started());
  });

  it('finds a process by what its environment holds, and only that one', async () => {
    const mark = randomUUID();
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
      env: { ...process.env, MARK: mark },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    expect(await procTable.marked(`MARK=${mark}`)).toEqual([child.pid]);
    expect(await procTable.marked(randomUUID())).toEqual([]);
  });

  it.each(['127.0.0.1', '0.0.0.0'])('finds who listens on %s', async (address) => {
    const server = createServer().listen(0, address);
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { rows, denied } = await procTable.listeners([process.pid]);
    expect(denied).toEqual([]);
    expect(rows.filter((row) => row.port === port)).toEqual([{ address, port, pids: [process.pid] }]);
    expect((await procTable.listeners([])).rows.filter((row) => row.port === port)).toEqual([
      { address, port, pids: [] },
    ]);
    expect((await portHolders(procTable, port))?.map((row) => row.pid)).toEqual([process.pid]);
    server.close();
    await once(server, 'close');
    expect(await portHolders(procTable, port)).toBeNull();
  });

  it('is not troubled by processes that are gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await once(child, 'exit');
    expect((await procTable.listeners([child.pid ?? 0])).denied).toEqual([]);
  });
});
