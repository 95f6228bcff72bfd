import { spawn } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { flat, processesWith, runCli, startCli, until } from '../support/cli.js';
import { listeningServer } from '../support/server.js';

const isRoot = process.getuid?.() === 0;

async function refused(args: readonly string[], code: number): Promise<string> {
  const result = await runCli(['-q', ...args]);
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(/^drain-check: /m);
  expect(result.stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(result.code).toBe(code);
  return flat(result.stderr);
}

describe('a process that must not or cannot be ended', () => {
  it('init', async () => expect(await refused(['--pid', '1', '--yes'], 2)).toContain('Process 1 is init'));

  it('what drain-check runs in', async () =>
    expect(await refused(['--pid', String(process.pid), '--yes'], 2)).toContain('is what drain-check runs in'));

  it('one that is gone', async () => {
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((resolve) => child.once('exit', resolve));
    expect(await refused(['--pid', String(child.pid), '--yes'], 2)).toContain(`There is no process ${child.pid ?? 0}.`);
  });

  it('one that nobody has agreed to end', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const said = await refused(['--pid', String(server.pid)], 2);
    expect(said).toContain(`did not start process ${server.pid} (`);
    expect(said).toContain('--yes');
    expect(server.isAlive()).toBe(true);
  });

  it.skipIf(!isRoot)('one of another user', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const said = await new Promise<string>((resolve) => {
      const cli = new URL('../../bin/drain-check.js', import.meta.url).pathname;
      const child = spawn(process.execPath, [cli, '-q', '--yes', '--pid', String(server.pid)], {
        uid: 65_534,
        gid: 65_534,
      });
      let text = '';
      child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
      child.once('close', (code) => resolve(`${text} ${code ?? ''}`));
    });
    expect(flat(said)).toMatch(/belongs to another user.* 2$/);
    expect(server.isAlive()).toBe(true);
  });

  it('one that listens on nothing is let alone', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
    onTestFinished(() => void child.kill('SIGKILL'));
    const said = await refused(['--pid', String(child.pid), '--yes'], 3);
    expect(said).toContain('it has no listening socket at all');
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  it('one that is not what it was named for is let alone', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    expect(await refused(['--pid', String(server.pid), '--yes', '--stream', '/'], 2)).toContain('is no stream');
    expect(server.isAlive()).toBe(true);
  });

  it('one whose stop command fails is let alone', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const said = await refused(['--pid', String(server.pid), '--yes', '--stop', 'echo no such unit; exit 5'], 3);
    expect(said).toContain('The stop command failed with exit code 5');
    expect(said).toContain('no such unit');
    expect(server.isAlive()).toBe(true);
  });

  it('one is let alone when we are interrupted before it was signalled', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const run = startCli(['--pid', String(server.pid), '--yes', '--settle', '60s']);
    await run.saw('together: loading');
    run.process.kill('SIGINT');
    expect((await run.result).code).toBe(130);
    expect(server.isAlive()).toBe(true);
  });
});

describe('a service behind a URL that cannot be tested', () => {
  it('is not there', async () => {
    // A port that was free a moment ago.
    const server = await listeningServer('perfect-without-lame-duck');
    server.kill();
    await server.gone;
    expect(await refused(['--url', server.url, '--stop', 'true'], 3)).toContain('was refused');
  });

  it.each([
    ['fails', 'echo permission denied >&2; exit 1', 'The stop command failed with exit code 1', 'permission denied'],
    ['is not found', 'no-such-program-anywhere', 'The stop command failed with exit code 127', 'not found'],
    ['is killed', 'kill -9 $$', 'The stop command was ended by SIGKILL', 'Run it by hand'],
  ])('has a stop command that %s', async (_how, stop, message, more) => {
    const server = await listeningServer('perfect-without-lame-duck');
    const said = await refused(['--url', server.url, '--stop', stop], 3);
    expect(said).toContain(message);
    expect(said).toContain(more);
    expect(server.isAlive()).toBe(true);
  });

  it('has a stop command that never returns, which is ended with all it has started', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const mark = `NEVER_RETURNS=${server.pid}`;
    const said = await refused(
      ['--url', server.url, '--stop', `export ${mark}; sleep 600 & sleep 600`, '--stop-timeout', '300ms'],
      3,
    );
    expect(said).toContain('The stop command did not end within 300 ms.');
    expect(processesWith(mark)).toEqual([]);
  });

  it('is not gone, although it was to be', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const options = ['--after-stop', 'gone', '--stop-timeout', '1s', '--steady', '200ms'];
    const said = await refused(['--url', server.url, '--stop', 'true', ...options], 3);
    expect(said).toContain('The service still serves');
    expect(said).toContain('--after-stop replaced');
  });

  it('is never stopped by hand', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const said = await refused(['--url', server.url, '--stop-timeout', '300ms'], 3);
    expect(said).toContain('Nothing was seen of a stop of the target within 300 ms.');
  });

  it('has its stop command ended when we are interrupted', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const mark = `INTERRUPTED=${server.pid}`;
    const run = startCli(['--url', server.url, '--stop', `export ${mark}; sleep 600; true`]);
    await run.saw('together: draining');
    run.process.kill('SIGTERM');
    expect((await run.result).code).toBe(143);
    expect(processesWith(mark)).toEqual([]);
    expect(server.isAlive()).toBe(true);
  });

  it('has its stop command ended when we are killed', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const mark = `KILLED=${server.pid}`;
    const run = startCli(['--url', server.url, '--stop', `export ${mark}; sleep 600; true`]);
    await run.saw('together: draining');
    await until(() => processesWith(mark).length > 0);
    run.process.kill('SIGKILL');
    await run.result;
    await until(() => processesWith(mark).length === 0);
    expect(server.isAlive()).toBe(true);
  });
});

describe('a process that was there already', () => {
  it('is let alone when we are killed before it was signalled', async () => {
    const server = await listeningServer('perfect-without-lame-duck');
    const run = startCli(['--pid', String(server.pid), '--yes', '--settle', '60s']);
    await run.saw('together: loading');
    run.process.kill('SIGKILL');
    await run.result;
    // The watchdog has nothing to end, and is gone as soon as it knows.
    expect((await runCli(['--pid', String(server.pid), '--yes', '--only', 'idle', '-q'])).stdout).toContain('together');
  });
});
