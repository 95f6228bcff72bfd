import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { procTable } from '../../../src/target/processes/proc.js';
import type { ProcessRow, ProcessTable } from '../../../src/target/processes/table.js';
import { ProcessTracker, sendSignal } from '../../../src/target/processes/tracker.js';

const row = (pid: number, ppid: number, startedAt = '1', zombie = false): ProcessRow => ({
  pid,
  ppid,
  pgid: pid,
  startedAt,
  zombie,
  command: `p${pid}`,
});

/** A table that says what the test wants it to say. Its pids are beyond what any system gives out. */
function fakeTable(rows: ProcessRow[], marked: number[] = []) {
  const state = { rows, marked };
  const asked = vi.fn<(marker: string) => void>();
  const table: ProcessTable = {
    list: () => Promise.resolve(state.rows),
    marked: (marker) => {
      asked(marker);
      return Promise.resolve(state.marked);
    },
    listeners: () => Promise.resolve({ rows: [], denied: [] }),
    unixListeners: () => Promise.resolve(null),
  };
  return { table, state, asked };
}

const BASE = 1_000_000_000;
const [A, B, C, D] = [BASE + 1, BASE + 2, BASE + 3, BASE + 4] as const;
const pids = async (tracker: ProcessTracker, thorough = true) =>
  (await tracker.scan(thorough)).map(({ pid }) => pid).sort((a, b) => a - b);

describe('ProcessTracker', () => {
  it('knows nobody at first', async () =>
    expect(await pids(new ProcessTracker(fakeTable([row(A, 1)]).table, 'mark'))).toEqual([]));

  it('finds who carries the mark, and their descendants', async () => {
    const { table, asked } = fakeTable([row(A, 1), row(B, A), row(C, 1)], [A]);
    expect(await pids(new ProcessTracker(table, 'the mark'))).toEqual([A, B]);
    expect(asked).toHaveBeenCalledExactlyOnceWith('the mark');
  });

  it('knows its own child without a mark, with its descendants, and tells of it once', async () => {
    const told: number[] = [];
    const rows = [row(A, process.pid), row(B, A), row(C, 1), row(D, process.pid)];
    const tracker = new ProcessTracker(fakeTable(rows).table, 'mark', ({ pid }) => told.push(pid));
    tracker.addChild(A);
    tracker.addChild(A);
    // Somebody else's by now: the pid was given out again.
    tracker.addChild(C);
    expect(await pids(tracker)).toEqual([A, B]);
    expect(told).toEqual([A, B]);
  });

  it('does not look for the mark unless it is thorough', async () => {
    const { table, asked } = fakeTable([row(A, 1), row(B, A)], [B]);
    const tracker = new ProcessTracker(table, 'mark');
    tracker.add(row(A, 1));
    expect(await pids(tracker, false)).toEqual([A, B]);
    expect(asked).not.toHaveBeenCalled();
  });

  it('keeps who was once seen as a descendant when the parent has died', async () => {
    const { table, state } = fakeTable([row(A, 1), row(B, A)]);
    const tracker = new ProcessTracker(table, 'mark');
    tracker.add(row(A, 1));
    await tracker.scan(false);
    state.rows = [row(B, 1), row(C, B)];
    expect(await pids(tracker, false)).toEqual([B, C]);
  });

  it('is not deceived by a pid that was given to somebody else', async () => {
    const { table, state } = fakeTable([row(A, 1, 'long ago')]);
    const tracker = new ProcessTracker(table, 'mark');
    tracker.add(row(A, 1, 'long ago'));
    expect(await pids(tracker)).toEqual([A]);
    state.rows = [row(A, 1, 'just now'), row(B, A)];
    expect(await pids(tracker)).toEqual([]);
  });

  it('leaves zombies and ourselves out', async () => {
    const { table } = fakeTable([row(A, 1, '1', true), row(B, A), row(process.pid, 1)], [A, process.pid]);
    expect(await pids(new ProcessTracker(table, 'mark'))).toEqual([B]);
  });

  it('forgets a mark whose process is gone', async () =>
    expect(await pids(new ProcessTracker(fakeTable([row(B, A)], [A]).table, 'mark'))).toEqual([]));

  it('tells of everyone new, once, and again when a pid comes back as another process', async () => {
    const onNew = vi.fn<(row: ProcessRow) => void>();
    const { table, state } = fakeTable([row(A, 1), row(B, A)], [A]);
    const tracker = new ProcessTracker(table, 'mark', onNew);
    await tracker.scan(true);
    await tracker.scan(true);
    state.rows = [row(A, 1), row(B, A, '2'), row(D, B)];
    await tracker.scan(true);
    expect(onNew.mock.calls.map(([one]) => [one.pid, one.startedAt])).toEqual([
      [A, '1'],
      [B, '1'],
      [B, '2'],
      [D, '1'],
    ]);
  });

  it('has nobody to kill when there is nobody', async () =>
    expect(await new ProcessTracker(fakeTable([]).table, 'mark').killAll(60_000)).toEqual([]));

  it('gives up what cannot be killed', async () => {
    expect(await new ProcessTracker(fakeTable([row(A, 1)], [A]).table, 'mark').killAll(1)).toEqual([]);
  });
});

describe('sendSignal', () => {
  it('is false where there is no such process', () => expect(sendSignal(A, 'SIGTERM')).toBe(false));
  it('is true where there is one', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    onTestFinished(() => void child.kill('SIGKILL'));
    const exit = once(child, 'exit');
    expect(sendSignal(child.pid ?? 0, 'SIGTERM')).toBe(true);
    expect(await exit).toEqual([null, 'SIGTERM']);
    expect(sendSignal(child.pid ?? 0, 'SIGTERM')).toBe(false);
  });
});

describe.runIf(existsSync('/proc/self/stat'))('real processes', () => {
  /** A parent that ignores SIGTERM and a child that has fled its group; it prints the child's pid. */
  const FAMILY = `
    const { spawn } = require('node:child_process');
    process.on('SIGTERM', () => {});
    const child = spawn(process.execPath, ['-e', "process.on('SIGTERM', () => {}); console.log(1); setInterval(() => {}, 1000)"], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.once('data', () => console.log(child.pid));
    setInterval(() => {}, 1000);`;

  async function family(mark: string): Promise<{ parent: ChildProcess; child: number }> {
    const parent = spawn(process.execPath, ['-e', FAMILY], {
      env: { ...process.env, MARK: mark },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const child = Number(line.toString());
    onTestFinished(() => void sendSignal(child, 'SIGKILL'));
    return { parent, child };
  }

  it('are found and killed, also those that fled', async () => {
    const mark = randomUUID();
    const { parent, child } = await family(mark);
    const tracker = new ProcessTracker(procTable, mark);
    expect(await pids(tracker)).toEqual([parent.pid ?? 0, child].sort((a, b) => a - b));
    const exit = once(parent, 'exit');
    expect((await tracker.killAll(60_000)).sort((a, b) => a - b)).toEqual(
      [parent.pid ?? 0, child].sort((a, b) => a - b),
    );
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(await pids(tracker)).toEqual([]);
  });

  it('are still ours when their parent has died', async () => {
    const mark = randomUUID();
    const { parent, child } = await family(mark);
    const tracker = new ProcessTracker(procTable, mark);
    await tracker.scan(true);
    const exit = once(parent, 'exit');
    parent.kill('SIGKILL');
    await exit;
    expect(await pids(tracker, false)).toEqual([child]);
    await tracker.killAll(60_000);
  });
});
