import { existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixture, processesWith, startCli, temporaryDirectory, until } from '../support/cli.js';

/** A run of a server that ignores the signal, marked so that its processes can be found. */
function longRun(more: readonly string[] = []) {
  const mark = `WAY_OUT=${randomUUID()}`;
  const run = startCli([
    '--env',
    mark,
    '--slow',
    '/slow',
    '--grace-period',
    '60s',
    ...more,
    '--',
    process.execPath,
    fixture('ignores-sigterm'),
  ]);
  return { run, alive: () => processesWith(mark) };
}

describe.skipIf(!existsSync('/proc/self/environ'))('however we end, nothing is left behind', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('interrupted by %s', async (signal, code) => {
    const { run, alive } = longRun();
    await run.saw('drain: draining');
    expect(alive().length).toBeGreaterThan(0);
    run.process.kill(signal);
    const result = await run.result;
    expect(result.code).toBe(code);
    expect(result.stderr).toContain('interrupted');
    expect(alive()).toEqual([]);
  });

  it.each(['drain: starting', 'drain: looking around', 'drain: loading', 'drain: draining'])(
    'killed with SIGKILL while %s',
    async (phase) => {
      const { run, alive } = longRun();
      await run.saw(phase);
      run.process.kill('SIGKILL');
      await run.result;
      await until(() => alive().length === 0);
    },
  );

  it('interrupted, and what was recorded so far is kept', async () => {
    const file = path.join(await temporaryDirectory(), 'run.ndjson');
    const { run } = longRun(['--record', file]);
    await run.saw('drain: draining');
    run.process.kill('SIGINT');
    await run.result;
    const judged = await startCli(['judge', file]).result;
    expect(judged.stdout).toContain('cut off');
    expect(judged.code).toBe(3);
  });
});
