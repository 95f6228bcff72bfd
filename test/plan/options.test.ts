import { describe, expect, it } from 'vitest';
import { JUDGE_OPTIONS, OPTIONS, environmentName, layerOptions, type OptionSpec } from '../../src/plan/options.js';

const spec = (name: string): OptionSpec => {
  const found = OPTIONS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no option ${name}`);
  return found;
};

describe('the list of options', () => {
  it('has no name twice, long or short', () => {
    const names = OPTIONS.map((one) => one.name);
    const shorts = OPTIONS.flatMap((one) => one.short ?? []);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(shorts).size).toBe(shorts.length);
    expect(shorts.filter((short) => !/^[a-zA-Z]$/.test(short) || 'hV'.includes(short))).toEqual([]);
  });

  it('has names and descriptions that --help can show', () => {
    for (const { name, description, value } of OPTIONS) {
      expect(name).toMatch(/^[a-z]+\d?(-[a-z]+\d?)*$/);
      expect(description).toMatch(/^\S.*[^.\s]$/);
      // In square brackets it may be left out.
      if (value !== null) expect(value).toMatch(/^(<.+>|\[.+\])$/);
    }
  });

  it('gives no default to a switch or to what may be repeated', () => {
    expect(OPTIONS.filter((one) => one.default !== null && (one.value === null || one.repeatable))).toEqual([]);
  });
});

describe('the options of judge', () => {
  it('are those of judging and of showing', () => {
    const names = JUDGE_OPTIONS.map((one) => one.name);
    expect(names).toEqual(
      expect.arrayContaining([
        'profile',
        'only',
        'skip',
        'ignore',
        'strict',
        'expect-exit',
        'report',
        'routing-lag',
        'color',
      ]),
    );
    expect(JUDGE_OPTIONS.filter((one) => one.default !== null)).toEqual([]);
    for (const name of ['record', 'signal', 'port', 'slow', 'grace-period']) expect(names).not.toContain(name);
  });
});

describe('environmentName', () => {
  it.each([
    ['grace-period', 'DRAIN_CHECK_GRACE_PERIOD'],
    ['no-color', 'DRAIN_CHECK_NO_COLOR'],
    ['port', 'DRAIN_CHECK_PORT'],
  ])('of %s', (name, variable) => expect(environmentName(spec(name))).toBe(variable));
});

describe('layerOptions', () => {
  const specs = ['settle', 'slow', 'port', 'strict'].map(spec);

  it('lays flags over the environment over defaults', () => {
    const environment = { DRAIN_CHECK_SETTLE: '2s', DRAIN_CHECK_PORT: '80' };
    expect(layerOptions(specs, {}, {})).toEqual({ settle: ['0s'] });
    expect(layerOptions(specs, {}, environment)).toEqual({ settle: ['2s'], port: ['80'] });
    expect(layerOptions(specs, { settle: ['3s'] }, environment)).toEqual({ settle: ['3s'], port: ['80'] });
  });

  it('takes one value per line of a repeatable option, and any text of the others', () => {
    expect(layerOptions(specs, {}, { DRAIN_CHECK_SLOW: ' /a \n\nPOST /b\n', DRAIN_CHECK_PORT: ' 80\n' })).toMatchObject(
      { slow: ['/a', 'POST /b'], port: [' 80\n'] },
    );
  });

  it('does not mix flags and environment of one option', () => {
    expect(layerOptions(specs, { slow: ['/c'] }, { DRAIN_CHECK_SLOW: '/a' })['slow']).toEqual(['/c']);
  });

  it('keeps an empty variable, which means on for a switch', () => {
    expect(layerOptions(specs, {}, { DRAIN_CHECK_STRICT: '' })['strict']).toEqual(['']);
  });

  it('looks at nothing but what it was given', () => {
    expect(layerOptions(specs, { unknown: ['x'] }, { SETTLE: '9s', DRAIN_CHECK_UNKNOWN: 'y' })).toEqual({
      settle: ['0s'],
    });
  });
});
