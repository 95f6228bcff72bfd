import { describe, expect, it } from 'vitest';
import { flat } from '../support/cli.js';
import { HOSTILE, playHostile, playUntil, type Outcome } from './playing.js';

const lost = (text: string) => (outcome: Outcome) => {
  expect(flat(outcome.stderr)).toContain(text);
  expect(outcome).toMatchObject({ code: 3, report: null });
};
/** What is asked of the report; played again while it was not proved. */
interface Asked {
  statuses: Record<string, string>;
}
const judged = (statuses: Record<string, string>): Asked => ({ statuses });
const PERFECT = judged({ 'handles-sigterm': 'pass', 'exits-in-time': 'pass', 'finishes-requests': 'pass' });
const interrupted = (code: number) => (outcome: Outcome) => {
  expect(outcome.code).toBe(code);
  expect(outcome.stderr).toContain('interrupted');
};
const killed = ({ signal }: Outcome) => expect(signal).toBe('SIGKILL');

/** Each harm, and what has to come of it. That nothing is left, and all is bounded, is made sure of for all of them. */
const HARMS: Record<string, Asked | ((outcome: Outcome) => void)> = {
  'gigabyte-of-output': PERFECT,
  'output-without-newlines': PERFECT,
  'mean-output': lost('exited with code 9'),
  'fork-storm': judged({ 'leaves-nothing-behind': 'fail' }),
  'fleeing-daemon': judged({ 'leaves-nothing-behind': process.platform === 'linux' ? 'fail' : 'pass' }),
  'dies-before-listening': lost('exited with code 7 before it listened on a port'),
  'dies-when-asked-first': lost('exited with code 7 before it was ready'),
  'dies-between-ready-and-load': lost('exited with code 7'),
  'dies-while-arming': lost('exited with code 7 before it was signalled, with work in flight'),
  'is-killed-while-arming': lost('was ended by SIGKILL before it was signalled, with work in flight'),
  'interrupts-us': interrupted(130),
  'terminates-us': interrupted(143),
  'hangs-up-on-us': interrupted(143),
  'kills-us': killed,
  'kills-the-watchdog': PERFECT,
  'kills-the-watchdog-and-us': killed,
  'takes-the-pipe-of-the-watchdog': killed,
  'writes-into-everything': lost('was ended by SIG'),
  'ignores-everything': judged({ 'handles-sigterm': 'fail', 'exits-in-time': 'fail' }),
  'stops-itself': judged({ 'exits-in-time': 'fail', 'finishes-requests': 'fail' }),
};

describe.skipIf(!HOSTILE)('processes that mean harm', { concurrent: true }, () => {
  it.each(Object.entries(HARMS))('%s', async (harm, asked) => {
    const options = ['--slow', '/slow', '--only', 'drain', '--grace-period', '5s', '--start-timeout', '20s'];
    if (typeof asked === 'function') {
      asked(await playHostile('process.mjs', [harm], options));
      return;
    }
    const isProved = ({ statuses }: Outcome) =>
      Object.keys(asked.statuses).every((id) => statuses[id] !== 'inconclusive');
    const outcome = await playUntil(isProved, 'process.mjs', [harm], options);
    expect(outcome.statuses, outcome.stderr).toMatchObject(asked.statuses);
    expect(outcome.signal).toBeNull();
  });
});
