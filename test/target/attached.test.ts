import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ProcessTarget } from '../../src/plan/types.js';
import { createClock } from '../../src/recording/clock.js';
import type { EventBody } from '../../src/recording/events.js';
import type { LifeRecorder } from '../../src/recording/recorder.js';
import { AttachedTarget } from '../../src/target/attached.js';
import { sendSignal } from '../../src/target/processes/tracker.js';
import { until } from '../support/cli.js';

const SLEEPER = 'setInterval(() => undefined, 1000)';

/** A process of somebody else's, which is ended with the test. */
function sleeper(...args: string[]): ChildProcess & { pid: number } {
  const child = spawn(process.execPath, ['-e', SLEEPER, '--', ...args], { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child as ChildProcess & { pid: number };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function attach(pid: number, stop: string | null = null): AttachedTarget {
  const plan: ProcessTarget = {
    kind: 'process',
    pid,
    stop,
    cwd: '/',
    port: null,
    socketPath: null,
    tls: null,
    http2: false,
  };
  const target = new AttachedTarget(plan);
  onTestFinished(() => target.close());
  return target;
}

async function take(pid: number, stop: string | null = null) {
  const target = attach(pid, stop);
  await target.prepare();
  const events: EventBody[] = [];
  const clock = createClock();
  const recorder: LifeRecorder = {
    life: 0,
    clock,
    record: (body, at = clock.now()) => {
      events.push(body);
      return { seq: events.length - 1, at, life: 0, ...body };
    },
  };
  return { target, events, running: await target.start(recorder) };
}

describe('a process that is not to be taken', () => {
  const refused = (pid: number, code: string, message: string, stop: string | null = null) =>
    expect(attach(pid, stop).prepare()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
    });

  it('is init', () => refused(1, 'not-to-be-ended', 'Process 1 is init'));
  it('is ourselves', () => refused(process.pid, 'not-to-be-ended', `Process ${process.pid} is drain-check itself`));
  it('is what we run in', () => refused(process.ppid, 'not-to-be-ended', 'is what drain-check runs in'));
  it('is one of these with a stop command, too', () => refused(process.pid, 'not-to-be-ended', 'itself', 'true'));

  it('is gone', async () => {
    const child = sleeper();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await refused(child.pid, 'no-such-target', `There is no process ${child.pid}.`);
  });

  it.runIf(existsSync('/proc/self/stat'))('has ended and was not waited for', async () => {
    // What the shell becomes does not wait for the child of the shell.
    const parent = spawn('/bin/sh', ['-c', 'sleep 0.05 & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await until(() => readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z '));
    await refused(pid, 'no-such-target', 'has ended and waits for its parent only');
  });

  it('belongs to another user, unless a command is to stop it', async () => {
    const child = sleeper();
    const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    });
    onTestFinished(() => kill.mockRestore());
    await refused(child.pid, 'not-to-be-ended', 'belongs to another user, who alone may signal it');
    await expect(attach(child.pid, 'true').prepare()).resolves.toBeUndefined();
  });
});

describe('a process that runs already', () => {
  it('is named, and nothing happens to it before it is signalled', async () => {
    const child = sleeper('--db=postgres://user:hunter2@host');
    const { target, events } = await take(child.pid);
    expect(target).toMatchObject({ kind: 'process', name: `pid ${child.pid}`, restarts: false, stopSignal: null });
    expect(target.stranger).toMatch(new RegExp(`^process ${child.pid} \\(.*postgres://\\[redacted\\]@host\\)$`));
    expect(events).toMatchObject([{ type: 'target-found', kind: 'process', pid: child.pid }]);
    expect(JSON.stringify(events)).toContain('[redacted]');
    expect(JSON.stringify(events)).not.toContain('hunter2');
    expect(isAlive(child.pid)).toBe(true);
  });

  it('is no stranger before it was looked at', () => expect(attach(process.pid).stranger).toBeNull());

  it('is ended by a signal, or by the command that was given', async () => {
    const child = sleeper();
    expect((await take(child.pid)).running.goodbye('SIGTERM')).toEqual({ by: 'signal' });
    expect((await take(child.pid, 'systemctl stop app')).running.goodbye('SIGTERM')).toEqual({
      by: 'command',
      command: ['/bin/sh', '-c', 'systemctl stop app'],
    });
  });

  it('is gone when it is gone, and nobody knows how it ended', async () => {
    const child = sleeper();
    const { running } = await take(child.pid);
    expect(running.hasExited()).toBe(false);
    expect(running.pid).toBe(child.pid);
    child.kill('SIGTERM');
    expect(await running.exited).toEqual({ code: null, signal: null });
    expect(running.hasExited()).toBe(true);
    expect(await running.processes(true)).toEqual([]);
  });

  it('is let alone when nobody wants it any more', async () => {
    const child = sleeper();
    const { running, target } = await take(child.pid);
    await running.destroy();
    await target.close();
    // It is not waited for any longer, but it lives.
    await running.exited;
    expect(isAlive(child.pid)).toBe(true);
  });

  it('is killed with all that descends from it, and nothing else', async () => {
    const other = sleeper();
    const parent = spawn('/bin/sh', ['-c', `'${process.execPath}' -e '${SLEEPER}' & echo $!; wait`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(line.toString());
    onTestFinished(() => void sendSignal(child, 'SIGKILL'));
    const pid = parent.pid ?? 0;
    const { running } = await take(pid);
    expect((await running.processes(true)).map((one) => one.pid).sort((a, b) => a - b)).toEqual([pid, child]);
    expect((await running.kill()).sort((a, b) => a - b)).toEqual([pid, child]);
    expect(await running.exited).toEqual({ code: null, signal: null });
    expect(await running.processes(true)).toEqual([]);
    expect(isAlive(other.pid)).toBe(true);
  });

  it('must be looked at before it is taken', () => {
    const recorder = { life: 0, clock: createClock(), record: vi.fn() } as unknown as LifeRecorder;
    expect(() => attach(process.pid).start(recorder)).toThrow('prepared');
  });
});
