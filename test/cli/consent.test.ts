import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { mayEnd } from '../../src/cli/consent.js';
import { until } from '../support/cli.js';
import type { OutputChoices } from '../../src/plan/resolve.js';

const output = (yes: boolean): OutputChoices => ({
  gate: { repeat: 1, budgets: [], baseline: null },
  keep: null,
  watch: false,
  reports: [],
  record: null,
  quiet: true,
  verbose: false,
  yes,
  fix: null,
  color: null,
});

/** A terminal, or something that is none, that a person may answer at. */
function terminal({ in: inTTY = true, err: errTTY = true } = {}) {
  const typed = Object.assign(new PassThrough(), { isTTY: inTTY });
  const err = Object.assign(new PassThrough(), { isTTY: errTTY, columns: 80 });
  let shown = '';
  err.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const stdin = vi.spyOn(process, 'stdin', 'get').mockReturnValue(typed as unknown as typeof process.stdin);
  onTestFinished(() => stdin.mockRestore());
  const streams = { out: err, err, env: {} } as unknown as Parameters<typeof mayEnd>[2];
  return { typed, streams, shown: () => shown };
}

/** What is decided when a person types this as soon as they are asked. */
async function answered(keys: string): Promise<boolean> {
  const { typed, streams, shown } = terminal();
  const decided = mayEnd('process 7 (node server.js)', output(false), streams);
  await until(() => shown().includes('[y/N]'));
  typed.write(keys);
  return decided;
}

describe('what drain-check did not start', () => {
  it('may be ended when --yes says so, and nobody is asked', async () => {
    const { streams, shown } = terminal();
    expect(await mayEnd('process 7', output(true), streams)).toBe(true);
    expect(shown()).toBe('');
  });

  it.each([{ in: false }, { err: false }, { in: false, err: false }])(
    'may not be ended where nobody can be asked: %j',
    async (which) => {
      const { streams, shown } = terminal(which);
      expect(await mayEnd('process 7', output(false), streams)).toBe(false);
      expect(shown()).toBe('');
    },
  );

  it.each(['y', 'Y', 'yes', ' YES '])('may be ended by the answer %j', async (answer) =>
    expect(await answered(`${answer}\r`)).toBe(true),
  );

  it.each(['', 'n', 'no', 'yesterday', 'ok', 'y n'])('may not be ended by the answer %j', async (answer) =>
    expect(await answered(`${answer}\r`)).toBe(false),
  );

  it.each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('may not be ended by %s', async (_, key) => expect(await answered(key)).toBe(false));

  it('is named in the question, and cannot draw on the terminal', async () => {
    const { typed, streams, shown } = terminal();
    const decided = mayEnd('process 7 (\u001b[31mred)', output(false), streams);
    await until(() => shown().includes('[y/N]'));
    typed.write('n\r');
    await decided;
    expect(shown()).toContain('End process 7 (\\x1b[31mred)? [y/N] ');
  });
});
