import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { carriesLimit, markLimit, withLimits } from '../../src/target/limit-mark.js';
import { procTable } from '../../src/target/processes/proc.js';

describe('the limit that marks a life', () => {
  it('is its own, always the same, and more than any process will use', () => {
    const [one, other] = ['00000000-0000-4000-8000-000000000000', 'ffffffff-0000-4000-8000-000000000000'];
    expect(markLimit(one)).toBe(1_000_000_000);
    expect(markLimit(other)).toBe(1_000_000_000 + 0xffffffff);
  });

  it('is told from other limits', () => {
    const marker = '0000000a-0000-4000-8000-000000000000';
    const limits = (soft: string) =>
      `Limit                     Soft Limit           Hard Limit           Units     \nMax cpu time              ${soft.padEnd(20)} unlimited            seconds   \nMax file size             1000000010           unlimited            bytes     \n`;
    expect(carriesLimit(limits('1000000010'), marker)).toBe(true);
    expect(carriesLimit(limits('100000001'), marker)).toBe(false);
    expect(carriesLimit(limits('10000000100'), marker)).toBe(false);
    expect(carriesLimit(limits('unlimited'), marker)).toBe(false);
    expect(carriesLimit('', marker)).toBe(false);
  });
});

describe('withLimits', () => {
  it('leaves a command alone when there is nothing to set', () =>
    expect(withLimits(['a', 'b c'], { cpuSeconds: null, openFiles: null })).toEqual(['a', ['b c']]));

  it('becomes the program, with its arguments as they are and the limits set', async () => {
    const [file, args] = withLimits([process.execPath, '-p', 'process.pid + process.argv[1]', "it's $HOME"], {
      cpuSeconds: 1_000_000_007,
      openFiles: 100,
    });
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe(`${child.pid}it's $HOME\n`);
  });

  it.runIf(process.platform === 'linux')('finds a daemon that has cleared its environment', async () => {
    const marker = randomUUID();
    const [file, args] = withLimits(['env', '-i', 'setsid', 'sleep', '60'], {
      cpuSeconds: markLimit(marker),
      openFiles: null,
    });
    const child = spawn(file, args, { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const pid = child.pid ?? 0;
    const becomes = (name: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(name);
    while (!becomes('sleep')) await new Promise(setImmediate);
    expect(await procTable.marked(marker)).toEqual([pid]);
    expect(await procTable.marked(randomUUID())).toEqual([]);
  });
});
