import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseLsof, parseLsofNames, parsePs, psTable } from '../../../src/target/processes/ps.js';

function exists(...command: [string, ...string[]]): boolean {
  try {
    execFileSync(command[0], command.slice(1), { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const MAC = `    1     0     1 Ss   Sat Nov 21 10:00:00 2026     /sbin/launchd
  501     1   501 S    Sun Nov 22  9:05:07 2026     /Applications/My App (beta).app/Contents/MacOS/My App --flag  two
 9999   501   501 Z+   Mon Nov 23 00:00:00 2026     (node)
99998   501 99998 R+   Mon Nov 23 00:00:00 2026     ps -axo pid=,ppid=
`;

describe('parsePs', () => {
  it('reads what ps prints', () => {
    expect(parsePs(MAC)).toEqual([
      { pid: 1, ppid: 0, pgid: 1, startedAt: 'Sat Nov 21 10:00:00 2026', zombie: false, command: '/sbin/launchd' },
      {
        pid: 501,
        ppid: 1,
        pgid: 501,
        startedAt: 'Sun Nov 22  9:05:07 2026',
        zombie: false,
        command: '/Applications/My App (beta).app/Contents/MacOS/My App --flag  two',
      },
      { pid: 9999, ppid: 501, pgid: 501, startedAt: 'Mon Nov 23 00:00:00 2026', zombie: true, command: '(node)' },
      {
        pid: 99_998,
        ppid: 501,
        pgid: 99_998,
        startedAt: 'Mon Nov 23 00:00:00 2026',
        zombie: false,
        command: 'ps -axo pid=,ppid=',
      },
    ]);
  });

  it.each([
    '',
    '\n\n',
    'hello',
    '1 2 3',
    '  PID  PPID  PGID STAT STARTED COMMAND',
    '1 0 1 Ss Samstag 21 Nov 10:00:00 2026 x',
  ])('finds none in %j', (text) => expect(parsePs(text)).toEqual([]));

  it('cuts endless commands', () =>
    expect(parsePs(`1 0 1 S Sat Nov 21 10:00:00 2026 ${'x'.repeat(5000)}`)[0]?.command).toHaveLength(300));

  it('reads any command that is printable', () => {
    const row = fc.tuple(
      fc.nat(),
      fc.nat(),
      fc.nat(),
      fc.constantFrom('S', 'Ss', 'R+', 'Z', 'S<Ll', 'Us'),
      fc.string({ minLength: 1, maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.array(row, { maxLength: 8 }), (rows) => {
        const text = rows
          .map(
            ([pid, ppid, pgid, stat, command]) =>
              `${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${pgid} ${stat} Sat Nov  7 10:00:00 2026 ${command}\n`,
          )
          .join('');
        expect(parsePs(text)).toEqual(
          rows.map(([pid, ppid, pgid, stat, command]) => ({
            pid,
            ppid,
            pgid,
            startedAt: 'Sat Nov  7 10:00:00 2026',
            zombie: stat === 'Z',
            command: command.trimStart(),
          })),
        );
      }),
    );
  });

  it('never throws, and every row has numbers', () => {
    const near = fc
      .array(fc.constantFrom('1', ' ', 'S', 'Sat', 'Nov', '21', '10:00:00', '2026', '\n', 'x'), { maxLength: 60 })
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        for (const row of parsePs(text)) expect([row.pid, row.ppid, row.pgid].every(Number.isInteger)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('parseLsof', () => {
  it('reads what lsof prints', () => {
    expect(parseLsof('p501\nf20\nn127.0.0.1:8080\nf21\nn[::1]:8080\np502\nf5\nn*:9090\nf6\nn[fe80::1]:53\n')).toEqual([
      { address: '127.0.0.1', port: 8080, pids: [501] },
      { address: '::1', port: 8080, pids: [501] },
      { address: '::', port: 9090, pids: [502] },
      { address: 'fe80::1', port: 53, pids: [502] },
    ]);
  });

  it('gathers the processes that share a socket', () => {
    expect(parseLsof('p1\nn*:80\np2\nn*:80\np3\nn*:81\n')).toEqual([
      { address: '::', port: 80, pids: [1, 2] },
      { address: '::', port: 81, pids: [3] },
    ]);
  });

  it.each(['', '\n', 'p1\n', 'p1\nf3\n', 'n*:*\n', 'COMMAND PID USER\n', 'p1\nnlocalhost:http\n'])(
    'finds none in %j',
    (text) => expect(parseLsof(text)).toEqual([]),
  );

  it('reads every socket that lsof can print, each once', () => {
    const address = fc.oneof(
      fc.ipV4(),
      fc.ipV6().map((one) => `[${one}]`),
      fc.constant('*'),
    );
    const socket = fc.tuple(address, fc.integer({ min: 1, max: 65_535 }));
    const owned = fc.tuple(
      fc.integer({ min: 1, max: 99_999 }),
      fc.uniqueArray(socket, { minLength: 1, maxLength: 4, selector: ([host, port]) => `${host}${port}` }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(owned, { maxLength: 5, selector: ([pid]) => pid }), (processes) => {
        const rows = parseLsof(
          processes
            .map(([pid, sockets]) => `p${pid}\n${sockets.map(([host, port]) => `f3\nn${host}:${port}\n`).join('')}`)
            .join(''),
        );
        const pairs = rows.flatMap((row) => row.pids.map((pid) => `${pid} ${row.port}`)).sort();
        expect(pairs).toEqual(
          processes.flatMap(([pid, sockets]) => sockets.map(([, port]) => `${pid} ${port}`)).sort(),
        );
        expect(new Set(rows.map((row) => `${row.address} ${row.port}`)).size).toBe(rows.length);
        expect(rows.every((row) => !/[[\]*]/.test(row.address))).toBe(true);
      }),
    );
  });

  it('never throws', () => {
    const near = fc
      .array(fc.constantFrom('p', 'n', 'f', '1', ':', '*', '[', ']', '\n'), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) =>
        parseLsof(text).every((row) => Number.isInteger(row.port) && row.pids.length > 0),
      ),
      { numRuns: 500 },
    );
  });
});

describe.runIf(exists('ps', '-axo', 'pid=,ppid=,pgid=,stat=,lstart=,command='))('the table of ps', () => {
  it('lists this process under its parent', async () => {
    const own = (await psTable.list()).find((row) => row.pid === process.pid);
    expect(own).toMatchObject({ ppid: process.ppid, zombie: false });
    expect(own?.command).toContain('node');
    expect(Number.isNaN(Date.parse(own?.startedAt ?? ''))).toBe(false);
  });

  it('cannot read environments', async () => expect(await psTable.marked('PATH')).toEqual([]));

  it.runIf(exists('lsof', '-v'))('finds who listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { rows, denied } = await psTable.listeners([process.pid]);
    expect(denied).toEqual([]);
    expect(rows.filter((row) => row.port === port)).toEqual([{ address: '127.0.0.1', port, pids: [process.pid] }]);
    expect((await psTable.listeners([])).rows.filter((row) => row.port === port)).toEqual([
      { address: '127.0.0.1', port, pids: [] },
    ]);
  });
});

describe('parseLsofNames', () => {
  it('tells who has a file of that name open, each once', () =>
    expect(
      parseLsofNames('p12\nn/run/a.sock\nn/run/a.sock\np13\nn/run/b.sock\np14\nn/run/a.sock\n', '/run/a.sock'),
    ).toEqual([12, 14]));

  it('finds nobody in nothing', () => expect(parseLsofNames('', '/run/a.sock')).toEqual([]));
});
