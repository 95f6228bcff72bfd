import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createClock } from '../../src/recording/clock.js';
import type { EventBody } from '../../src/recording/events.js';
import type { LifeRecorder } from '../../src/recording/recorder.js';
import { shellCommand, StopCommand } from '../../src/target/stop-command.js';
import type { Watchdog } from '../../src/target/watchdog.js';
import { processesWith, temporaryDirectory, until } from '../support/cli.js';

const NODE = process.execPath;

/** Where a command is started, and what is recorded of it. */
function stage() {
  const events: (EventBody & { at: number })[] = [];
  const clock = createClock();
  const recorder: LifeRecorder = {
    life: 0,
    clock,
    record: (body, at = clock.now()) => {
      events.push({ ...body, at });
      return { seq: events.length - 1, at, life: 0, ...body };
    },
  };
  const marked = vi.fn<(mark: string) => void>();
  const unmarked = vi.fn<(mark: string) => void>();
  const watchdog = { mark: marked, unmark: unmarked } as unknown as Watchdog;
  const start = (command: string, cwd = '/') => StopCommand.start(shellCommand(command), cwd, recorder, watchdog);
  const run = async (command: string, cwd?: string) => (await start(command, cwd)).done;
  return { events, clock, recorder, watchdog, marked, unmarked, start, run };
}

/** A text that processes carry in their environment, all of which are ended with the test. */
function mark(): string {
  const text = `STOP_COMMAND_TEST=${process.pid}-${performance.now()}`;
  onTestFinished(() => {
    for (const pid of processesWith(text)) process.kill(pid, 'SIGKILL');
  });
  return text;
}

describe('a stop command', () => {
  it('is recorded with its beginning and its end', async () => {
    const { events, run } = stage();
    await run('echo stopped; echo really >&2');
    expect(events).toMatchObject([
      { type: 'stop-begun', by: 'command', command: 'echo stopped; echo really >&2' },
      { type: 'stop-ended', code: 0, signal: null, output: 'stopped\nreally\n' },
    ]);
  });

  it('is shown as a whole when it is no command for the shell', async () => {
    const { events, recorder, watchdog } = stage();
    await (
      await StopCommand.start(['/bin/sh', '-e', '-c', 'true'], '/', recorder, watchdog)
    ).done;
    expect(events[0]).toMatchObject({ command: '/bin/sh -e -c true' });
  });

  it('has begun before anything that it does', async () => {
    const { events, clock, run } = stage();
    let reachedAt = 0;
    const server = createServer((_, response) => {
      reachedAt = clock.now();
      response.end();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const before = clock.now();
    const { port } = server.address() as AddressInfo;
    expect(await run(`'${NODE}' -e "fetch('http://127.0.0.1:${port}')"`)).toMatchObject({ code: 0 });
    const [begun, ended] = events.map(({ at }) => at);
    const inOrder = [before, begun, reachedAt, ended];
    expect(inOrder).toEqual([...inOrder].sort((a = 0, b = 0) => a - b));
  });

  it.each([
    ['exit 3', 3, null],
    ['kill -9 $$', null, 'SIGKILL'],
    ['no-such-program-anywhere', 127, null],
  ])('%s ends with %s, %s', async (command, code, signal) =>
    expect(await stage().run(command)).toMatchObject({ code, signal }),
  );

  it('that is no program ends as a shell would say it', async () => {
    const { recorder, watchdog, events } = stage();
    const stop = await StopCommand.start(['/no/such/program'], '/', recorder, watchdog);
    expect(await stop.done).toEqual({ code: 127, signal: null, output: '' });
    await stop.abandon();
    expect(events.map(({ type }) => type)).toEqual(['stop-begun', 'stop-ended']);
  });

  it('is run in its directory, and reads nothing', async () => {
    const directory = await temporaryDirectory();
    const { output } = await stage().run('pwd; cat', directory);
    expect(output).toBe(`${directory}\n`);
  });

  it('has the end of what it printed kept, and of that no more than a page', async () => {
    const { output } = await stage().run(`'${NODE}' -e "process.stdout.write('x'.repeat(5000) + 'the end')"`);
    expect(output).toHaveLength(2000);
    expect(output).toMatch(/^x+the end$/);
  });

  it('has its secrets hidden, in what it is and in what it prints', async () => {
    const { events, run } = stage();
    const { output } = await run('echo postgres://user:hunter2@host/db');
    expect(output).toBe('postgres://[redacted]@host/db\n');
    expect(events[0]).toMatchObject({ command: 'echo postgres://[redacted]@host/db' });
    expect(JSON.stringify(events)).not.toContain('hunter2');
  });

  it('has a secret hidden that the bound on its output would cut in two', async () => {
    const print = `process.stdout.write('postgres://user:' + 'hunter2'.repeat(5) + '@host/' + 'x'.repeat(1985))`;
    const { output } = await stage().run(`'${NODE}' -e "${print}"`);
    expect(output).not.toContain('hunter2');
  });

  it('leaves no file behind', async () => {
    const directory = await temporaryDirectory();
    vi.stubEnv('TMPDIR', directory);
    onTestFinished(() => void vi.unstubAllEnvs());
    const stop = await stage().start('sleep 600');
    expect(readdirSync(directory)).toHaveLength(1);
    await stop.abandon();
    expect(readdirSync(directory)).toEqual([]);
  });
});

describe.runIf(existsSync('/proc/self/environ'))('what a stop command has started', () => {
  it('carries a mark from its first moment on, until the command has ended', async () => {
    const { start, marked, unmarked } = stage();
    const stop = await start('sleep 600');
    const [given = ''] = marked.mock.calls[0] ?? [];
    expect(given).not.toBe('');
    await until(() => processesWith(given).length > 0);
    expect(unmarked).not.toHaveBeenCalled();
    await stop.abandon();
    expect(unmarked).toHaveBeenCalledExactlyOnceWith(given);
  });

  it('is ended with it when it is abandoned', async () => {
    const { start } = stage();
    const text = mark();
    const stop = await start(`export ${text}; sleep 600 & sleep 600; true`);
    await until(() => processesWith(text).length === 2);
    await stop.abandon();
    expect(await stop.done).toMatchObject({ code: null, signal: 'SIGKILL' });
    await until(() => processesWith(text).length === 0);
  });

  it('lives on when the command has ended by itself', async () => {
    const { start } = stage();
    const text = mark();
    const stop = await start(`export ${text}; sleep 600 & true`);
    expect(await stop.done).toMatchObject({ code: 0 });
    await stop.abandon();
    // It shows the variable only when the shell's child has become a program of its own.
    await until(() => processesWith(text).length === 1);
  });

  it('goes on printing as if nothing had happened', async () => {
    const { start } = stage();
    const directory = await temporaryDirectory();
    const text = mark();
    // It prints when it is told, and says in a file what came of it.
    const server = `
      const { writeFileSync } = require('node:fs');
      process.on('SIGUSR2', () => process.stdout.write('hello', (error) => writeFileSync('printed', String(error ?? 'well'))));
      process.stdout.on('error', () => undefined);
      writeFileSync('ready', '');
      setInterval(() => undefined, 1000);`;
    const stop = await start(
      `export ${text}; '${NODE}' -e "${server}" & while [ ! -e ready ]; do sleep 0.01; done`,
      directory,
    );
    expect(await stop.done).toMatchObject({ code: 0 });
    await stop.abandon();
    const [pid = 0] = processesWith(text);
    process.kill(pid, 'SIGUSR2');
    const printed = path.join(directory, 'printed');
    await until(() => existsSync(printed) && readFileSync(printed, 'utf8') !== '');
    expect(readFileSync(printed, 'utf8')).toMatch(/^(well|null)$/);
    expect(processesWith(text)).toEqual([pid]);
  });
});
