import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from '../../src/plan/durations.js';

describe('parseDuration', () => {
  it.each([
    ['500ms', 500],
    ['2s', 2000],
    ['1.5s', 1500],
    ['1m30s', 90_000],
    ['1h', 3_600_000],
    ['1h1m1s1ms', 3_661_001],
    ['0', 0],
    ['0s', 0],
    [' 3s ', 3000],
    ['0.4ms', 0],
    ['5m5ms', 300_005],
  ])('reads %j as %d ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  it.each([
    '',
    ' ',
    '5',
    '5 s',
    's',
    'ms',
    '-1s',
    '1.s',
    '.5s',
    '1s!',
    'x1s',
    '1s 2s',
    '1d',
    '1S',
    '1e3s',
    '1,5s',
    '00',
    '1ss',
    'Infinity',
  ])('refuses %j', (text) => expect(parseDuration(text)).toBeNull());

  it('reads any sum of units, in any order', () => {
    const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
    const part = fc.tuple(fc.nat(100_000), fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const text = parts.map(([number, unit]) => `${number}${unit}`).join('');
        expect(parseDuration(text)).toBe(parts.reduce((sum, [number, unit]) => sum + number * units[unit], 0));
      }),
    );
  });

  it('gives null or a whole number that is not negative, whatever it is given', () => {
    const near = fc
      .array(fc.constantFrom('1', '0', '.', 's', 'm', 'h', ' ', '-', 'e'), { maxLength: 12 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (text) => {
        const ms = parseDuration(text);
        expect(ms === null || (Number.isInteger(ms) && ms >= 0)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on what was read before', () => {
    parseDuration('1s2');
    expect(parseDuration('1s')).toBe(1000);
  });
});

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [7, '7 ms'],
    [319.6, '320 ms'],
    [999.4, '999 ms'],
    [999.6, '1 s'],
    [1000, '1 s'],
    [1980, '1.98 s'],
    [1500, '1.5 s'],
    [30_000, '30 s'],
    [60_000, '1 min'],
    [90_000, '1 min 30 s'],
    [125_000, '2 min 5 s'],
    [3_600_000, '60 min'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it('says what it was given, to one percent', () => {
    const back = (text: string) =>
      [...text.matchAll(/([\d.]+) (ms|s|min)/g)].reduce(
        (sum, [, number, unit = '']) => sum + Number(number) * ({ ms: 1, s: 1000, min: 60_000 }[unit] ?? Number.NaN),
        0,
      );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000_000 }), (ms) => {
        expect(Math.abs(back(formatDuration(ms)) - ms)).toBeLessThanOrEqual(Math.max(0.5, ms / 100));
      }),
    );
  });
});
