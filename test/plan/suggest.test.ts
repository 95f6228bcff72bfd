import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { suggest } from '../../src/plan/suggest.js';

describe('suggest', () => {
  it.each([
    ['kubernets', ['kubernetes', 'standalone', 'docker'], 'kubernetes'],
    ['grace-perod', ['grace-period', 'settle'], 'grace-period'],
    ['DRAIN', ['drain', 'idle'], 'drain'],
    ['drian', ['drain', 'idle'], 'drain'],
    ['zzzzzz', ['drain', 'idle'], null],
    ['anything', [], null],
  ])('%j among %j means %j', (word, known, meant) => expect(suggest(word, known)).toBe(meant));

  it('takes the nearest, and the first of those that are equally near', () => {
    expect(suggest('settles', ['settler', 'settle', 'settled'])).toBe('settler');
    expect(suggest('settlee', ['nettle', 'settle'])).toBe('settle');
  });

  it('finds a known word itself, and names nothing that is not known', () => {
    const words = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 6,
      selector: (word) => word.toLowerCase(),
    });
    fc.assert(
      fc.property(fc.string(), words, (unknown, known) => {
        expect(known.map((word) => suggest(word, known))).toEqual(known);
        expect([null, ...known]).toContain(suggest(unknown, known));
      }),
    );
  });
});
