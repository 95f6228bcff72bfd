import { describe, expect, it } from 'vitest';
import { ProbeState, type Health } from '../../src/kubelet/probe-state.js';

const DEFAULTS = { initialDelayMs: 0, successThreshold: 1, failureThreshold: 3 };

/** The health after each result: `+` for one that passed, `-` for one that did not. */
function after(results: string, before: Health, changes: Partial<typeof DEFAULTS> = {}): string {
  const state = new ProbeState({ ...DEFAULTS, ...changes }, before);
  return Array.from(results)
    .map((result) => {
      state.note(result === '+');
      return state.health === 'good' ? 'g' : 'b';
    })
    .join('');
}

describe('the results of a probe', () => {
  it.each<[string, string, Health, Partial<typeof DEFAULTS>, string]>([
    ['one success makes ready', '+', 'bad', {}, 'g'],
    ['three failures in a row make bad', '---', 'good', {}, 'ggb'],
    ['failures that are not in a row do not', '--+--+--', 'good', {}, 'gggggggg'],
    ['successThreshold counts successes in a row', '++-+++', 'bad', { successThreshold: 3 }, 'bbbbbg'],
    ['failureThreshold 1 changes at once', '-', 'good', { failureThreshold: 1 }, 'b'],
    ['one success after failing makes good again', '---+', 'good', {}, 'ggbg'],
  ])('%s', (_fact, results, before, changes, expected) => {
    expect(after(results, before, changes)).toBe(expected);
  });

  it('tells when it changes its mind, and only then', () => {
    const state = new ProbeState(DEFAULTS, 'bad');
    expect([true, true, false, false, false, false].map((passed) => state.note(passed))).toEqual([
      true,
      false,
      false,
      false,
      true,
      false,
    ]);
  });

  it('is not asked before its delay, in whole seconds', () => {
    const state = new ProbeState({ ...DEFAULTS, initialDelayMs: 2000 }, 'bad');
    expect([1999, 2000].map((age) => state.isDue(age))).toEqual([false, true]);
  });
});
