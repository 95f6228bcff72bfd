import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseBody, similarity, withoutPath } from '../../src/probes/similarity.js';

describe('similarity', () => {
  it.each([
    ['', '', 1],
    ['a', 'a', 1],
    ['a', 'b', 0],
    ['a', '', 0],
    ['night', 'nacht', 0.25],
    ['not found', 'ok', 0],
  ])('of %j and %j is %d', (a, b, alike) => expect(similarity(a, b)).toBe(alike));

  it('is nearly 1 for pages that differ in a word, and low for pages that differ altogether', () => {
    const page =
      'The page you asked for does not exist on this server. Please check the address, or go back to where you came from.';
    expect(similarity(page, page.replace('server', 'system'))).toBeGreaterThan(0.9);
    expect(similarity(page, '{"status":"up","checks":["database","cache"]}')).toBeLessThan(0.3);
  });

  it('lies between 0 and 1, is 1 for the same, and does not depend on the order', () => {
    const text = fc.string({ maxLength: 60 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        const alike = similarity(a, b);
        expect(alike).toBeGreaterThanOrEqual(0);
        expect(alike).toBeLessThanOrEqual(1);
        expect(similarity(b, a)).toBe(alike);
        expect(similarity(a, a)).toBe(1);
      }),
    );
  });

  it('counts a pair as often as both have it', () => expect(similarity('aaaa', 'aa')).toBe(0.5));
});

describe('normaliseBody', () => {
  it('leaves out what differs from one request to the next', () => {
    const first = withoutPath(normaliseBody('{"error": "GET /ab/cd not found", "at": 1700000000}'), '/ab/cd');
    const second = withoutPath(normaliseBody('{"error":  "GET /EF/gh not found",\n"at": 1800000001}'), '/ef/gh');
    expect(first).toBe(second);
    const id = (uuid: string) => normaliseBody(`{"requestId":"${uuid}","ok":true}`);
    expect(id('0f8fad5b-d9cb-469f-a165-70867728950e')).toBe(id('7c9e6679-7425-40de-944b-e07fc1f90ae7'));
  });

  it('is not troubled by paths without a name', () =>
    expect(withoutPath(normaliseBody(' Hello\n there '), '/')).toBe('hello there'));

  it('does nothing more the second time', () => {
    fc.assert(
      fc.property(fc.string(), (body) => {
        const once = normaliseBody(body);
        expect(normaliseBody(once)).toBe(once);
        expect(once).not.toMatch(/\d|\s\s/);
      }),
    );
  });
});
