import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clip, pad, widthOf, wrap } from '../../../src/report/terminal/text.js';

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '  ', '-'), maxLength: 80 }),
  fc.string({ unit: fc.constantFrom('é', 'ß', '😀', '日', 'x', ' '), maxLength: 40 }),
);
const width = fc.integer({ min: 2, max: 40 });

describe('clip', () => {
  it.each([
    ['hello', 10, 'hello'],
    ['hello', 5, 'hello'],
    ['hello', 4, 'hel…'],
    ['hello', 1, 'h'],
    ['hello', 0, ''],
    ['', 3, ''],
    ['😀😀😀', 6, '😀😀😀'],
    ['ab日本語', 5, 'ab日…'],
  ])('%j to %d', (given, most, clipped) => expect(clip(given, most)).toBe(clipped));

  it('takes another sign, and leaves it out where there is no room for it', () => {
    expect(clip('hello', 4, '...')).toBe('h...');
    expect(clip('hello', 3, '...')).toBe('hel');
  });

  it('is the beginning of the text, no wider than the width, and whole where it fits', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 40 }), (given, most) => {
        const clipped = clip(given, most);
        expect(widthOf(clipped)).toBeLessThanOrEqual(most);
        expect(given.startsWith(clipped.replace(/…$/, ''))).toBe(true);
        if (widthOf(given) <= most) expect(clipped).toBe(given);
      }),
      { numRuns: 300 },
    );
  });
});

describe('wrap', () => {
  it.each<[string, number, string[]]>([
    ['one two three', 7, ['one two', 'three']],
    ['one two three', 100, ['one two three']],
    ['one two three', 3, ['one', 'two', 'thr', 'ee']],
    ['', 5, ['']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a abcdefgh', 4, ['a', 'abcd', 'efgh']],
    ['see /srv/shop/deploy.yaml:12:7 there', 16, ['see /srv/shop/', 'deploy.yaml:12:7', 'there']],
    ['/srvshopdeploy', 8, ['/srvshop', 'deploy']],
    ['日本語', 4, ['日本', '語']],
    ['😀😀😀', 3, ['😀', '😀', '😀']],
  ])('%j to %d', (given, most, wrapped) => expect(wrap(given, most)).toEqual(wrapped));

  it('has at least one line and none that is too wide, and loses nothing but spaces', () => {
    fc.assert(
      fc.property(text, width, (given, most) => {
        const wrapped = wrap(given, most);
        expect(wrapped.length).toBeGreaterThan(0);
        expect(wrapped.filter((line) => widthOf(line) > most)).toEqual([]);
        expect(wrapped.join('').replaceAll(' ', '')).toBe(given.replaceAll(' ', ''));
      }),
      { numRuns: 300 },
    );
  });

  it('leaves words whole that fit', () => {
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 8 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 8, max: 40 }), (given, most) => {
        expect(wrap(given.join(' '), most).flatMap((line) => line.split(' '))).toEqual(given);
      }),
    );
  });
});

describe('pad', () => {
  it.each([
    ['ab', 4, 'ab  '],
    ['abcd', 4, 'abcd'],
    ['abcde', 4, 'abcde'],
    ['日本', 6, '日本  '],
  ])('%j to %d', (given, least, padded) => expect(pad(given, least)).toBe(padded));

  it('only ever adds spaces', () => {
    fc.assert(
      fc.property(text, width, (given, least) => {
        expect(pad(given, least).startsWith(given)).toBe(true);
        expect(widthOf(pad(given, least))).toBe(Math.max(least, widthOf(given)));
      }),
    );
  });
});
