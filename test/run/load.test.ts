import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { releaseTime } from '../../src/run/load.js';

const spread = (count: number) => Array.from({ length: count }, (_, index) => releaseTime(index, count));

describe('releaseTime', () => {
  it('lets a single upload wait to the last', () => expect(spread(1)).toEqual([1200]));

  it('spreads several logarithmically', () => {
    expect(spread(2)).toEqual([50, 1200]);
    expect(spread(3)).toEqual([50, 245, 1200]);
    expect(spread(5)).toEqual([50, 111, 245, 542, 1200]);
  });

  it('begins early, ends late and never goes back, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 500 }), (count) => {
        const times = spread(count);
        expect(times[0]).toBe(50);
        expect(times.at(-1)).toBe(1200);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });
});
