import { constants } from 'node:os';
import { randomUUID } from 'node:crypto';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { RunningTarget } from '../../src/target/target.js';
import { docker, eventually, listening, noEngine, prepared, RUN_ARGS, servedBy, started } from '../support/engine.js';

const PERFECT = servedBy('perfect-without-lame-duck');
const node = (source: string) => ({ args: ['node', '-e', source], runArgs: RUN_ARGS });

describe.skipIf(noEngine)('an image', () => {
  it('is run afresh, is no stranger and wants no signal of its own', async () => {
    const { target } = await prepared();
    expect(target).toMatchObject({ restarts: true, stranger: null, stopSignal: null, name: 'image drain-check-test' });
  });

  it('lives, listens where it was told to, ends with its own exit code and leaves no container', async () => {
    const { running, events, recorder, left } = await started(PERFECT);
    expect(running).toMatchObject({ procNet: '/proc/net', address: null });
    const listener = await listening(running);
    expect(listener).toMatchObject({ pid: running.pid, address: '127.0.0.1', verified: true });
    expect(events('target-found')).toMatchObject([
      { kind: 'container', pid: running.pid, name: 'image drain-check-test' },
    ]);
    expect((await running.processes(true)).map(({ pid }) => pid)).toEqual([running.pid]);
    expect(running.goodbye('SIGTERM')).toEqual({ by: 'signal' });

    const signalAt = recorder.clock.now();
    process.kill(running.pid, 'SIGTERM');
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(running.hasExited()).toBe(true);
    const [die, ...more] = events('container-event');
    expect(more).toEqual([]);
    expect(die).toMatchObject({ action: 'die', code: 0, signal: null });
    expect(die?.at).toBeGreaterThanOrEqual(signalAt);
    expect(die?.at).toBeLessThanOrEqual(recorder.clock.now());
    expect(await running.portHolders(running.port)).toBeNull();
    expect(await left()).toHaveLength(1);
    await running.destroy();
    expect(await left()).toEqual([]);
  });

  it('tells the exit code of the program, also when it is that of a signal', async () => {
    for (const code of [3, 137]) {
      const { running } = await started(node(`process.exit(${code})`));
      expect(await running.exited).toEqual({ code, signal: null });
    }
  });

  it('keeps what it printed, and records it', async () => {
    const { running, events } = await started(node('console.log("to out"); console.error("to err")'));
    await running.exited;
    expect(running.lastOutput()).toContain('to out');
    expect(running.lastOutput()).toContain('to err');
    expect(
      events('output')
        .map(({ stream, text }) => `${stream}: ${text.trim()}`)
        .sort(),
    ).toEqual(['stderr: to err', 'stdout: to out']);
  });

  it('does not die of a signal that it has no handler for, and then of SIGKILL', async () => {
    const { running } = await started(servedBy('dies-by-default'));
    await listening(running);
    process.kill(running.pid, 'SIGTERM');
    // What a signal does to a process it has done before the process answers again.
    await fetch(`http://127.0.0.1:${running.port}/`);
    expect(running.hasExited()).toBe(false);
    expect(await running.kill()).toEqual([running.pid]);
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('is killed with all its processes', async () => {
    const { running } = await started({
      args: ['sh', '-c', 'sh -c "while :; do read x; done" </dev/zero & wait'],
      runArgs: RUN_ARGS,
    });
    const two = await processesOf(running, 2);
    expect((await running.kill()).sort()).toEqual(two.sort());
    expect(await running.processes(true)).toEqual([]);
    expect(await running.kill()).toEqual([]);
  });

  it('is signalled and killed by its engine where we may not', async () => {
    const { running, events } = await started(PERFECT);
    await listening(running);
    const refused = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    onTestFinished(() => refused.mockRestore());
    expect(running.goodbye('SIGTERM')).toMatchObject({
      by: 'command',
      command: ['docker', 'kill', '-s', 'SIGTERM', expect.any(String)],
    });
    expect(await running.kill()).toEqual([running.pid]);
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(events('container-event')).toMatchObject([
      { action: 'kill', signal: 'SIGKILL' },
      { action: 'die', code: 137 },
    ]);
  });

  it('is reached at its own address in a network of its own', async () => {
    const network = `drain-check-test-${randomUUID()}`;
    await docker('network', 'create', network);
    onTestFinished(async () => {
      await docker('network', 'rm', network);
    });
    const serve = "require('http').createServer((q, s) => s.end('hello')).listen(process.env.PORT, '0.0.0.0')";
    const { running, target } = await started({ args: ['node', '-e', serve], runArgs: ['--network', network] });
    expect(await listening(running)).toMatchObject({ pid: running.pid, address: '0.0.0.0', verified: true });
    expect(running.procNet).toBe(`/proc/${running.pid}/net`);
    const answer = await fetch(`http://${running.address}:${running.port}/`);
    expect(await answer.text()).toBe('hello');
    await target.close();
    expect(await running.portHolders(running.port)).toBeNull();
  });

  it('has PORT, unless --env says otherwise, and what --env sets', async () => {
    const say = node('console.log(process.env.PORT, process.env.GREETING)');
    const told = await started({ ...say, env: { GREETING: 'good day' } });
    await told.running.exited;
    expect(told.running.lastOutput()).toBe(`${told.running.port} good day`);
    const own = await started({ ...say, env: { PORT: '4321' }, port: 4321 });
    await own.running.exited;
    expect(own.running.lastOutput()).toBe('4321 undefined');
    expect(own.running.port).toBe(4321);
  });

  it('does not come back by itself, whatever was asked for', async () => {
    const { running } = await started({ ...PERFECT, runArgs: [...RUN_ARGS, '--restart=always'] });
    await listening(running);
    process.kill(running.pid, 'SIGTERM');
    await running.exited;
    expect(await running.processes(true)).toEqual([]);
  });

  it('is removed by `close` when nobody else has', async () => {
    const { target, left, running } = await started(PERFECT);
    await target.close();
    expect(await left()).toEqual([]);
    expect(await running.processes(true)).toEqual([]);
    await running.exited;
  });

  it('is removed when it is closed while it is being started', async () => {
    const { target, start, left } = await prepared(PERFECT);
    const starting = start();
    await target.close();
    expect(await left()).toEqual([]);
    const { running } = await starting;
    await running.exited;
    expect(await left()).toEqual([]);
  });

  it('leaves no container when its command does not exist', async () => {
    const { start, left } = await prepared({ args: ['no-such-program'], runArgs: RUN_ARGS });
    await expect(start()).rejects.toMatchObject({
      code: 'command-not-executable',
      message: expect.stringContaining('no-such-program') as string,
      hint: expect.stringContaining('after --') as string,
    });
    expect(await left()).toEqual([]);
  });

  it('says what the engine says when it cannot be run', async () => {
    const { start, left } = await prepared({ args: ['node'], runArgs: ['--network', 'no-such-network'] });
    await expect(start()).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('no-such-network') as string,
    });
    expect(await left()).toEqual([]);
  });

  it('needs a command, its own or a given one', async () => {
    const { start } = await prepared();
    await expect(start()).rejects.toMatchObject({
      code: 'command-not-executable',
      hint: expect.stringContaining('--docker drain-check-test -- ') as string,
    });
  });

  it('is refused where it could not be reached, and nothing of it is left', async () => {
    const { start, left } = await prepared({ ...PERFECT, runArgs: [...RUN_ARGS.slice(0, -1), 'none'] });
    await expect(start()).rejects.toMatchObject({
      code: 'cannot-verify',
      hint: expect.stringMatching(/--docker-run-arg=--network=host.*--url http:\/\/127\.0\.0\.1:PORT --stop/) as string,
    });
    expect(await left()).toEqual([]);
  });

  it('is signalled by the engine where the name of the signal is none of ours', async () => {
    const { running } = await started(PERFECT);
    const goodbye = running.goodbye('SIGRTMIN+3');
    expect(goodbye).toMatchObject({
      by: 'command',
      command: ['docker', 'kill', '-s', 'SIGRTMIN+3', expect.any(String)],
    });
    expect(constants.signals).not.toHaveProperty('SIGRTMIN+3');
  });
});

function processesOf(running: RunningTarget, count: number): Promise<number[]> {
  return eventually(async () => {
    const pids = (await running.processes(true)).map(({ pid }) => pid);
    return pids.length === count ? pids : null;
  });
}
