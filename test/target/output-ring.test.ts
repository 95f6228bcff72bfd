import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputRing } from '../../src/target/output-ring.js';

function ring(limit: number, ...texts: string[]): OutputRing {
  const own = new OutputRing(limit);
  for (const text of texts) own.push(text);
  return own;
}

describe('OutputRing', () => {
  it('keeps everything while there is room', () => {
    const own = ring(10, 'hello', '', 'world');
    expect(own.text()).toBe('helloworld');
    expect(own.dropped).toBe(0);
  });

  it('lets the oldest go, also in the middle of a piece', () => {
    const own = ring(6, 'abc', 'def', 'gh');
    expect(own.text()).toBe('cdefgh');
    expect(own.dropped).toBe(2);
  });

  it('does not keep an endless line whole', () => {
    const own = ring(4, 'x'.repeat(1000) + 'tail');
    expect(own.text()).toBe('tail');
    expect(own.dropped).toBe(1000);
  });

  it('is the end of all that was printed, no longer than its limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.string({ maxLength: 20 })), (limit, texts) => {
        const own = ring(limit, ...texts);
        const all = texts.join('');
        expect(own.text()).toBe(all.slice(-limit));
        expect(own.dropped).toBe(all.length - own.text().length);
      }),
    );
  });
});

describe('lastLines', () => {
  it.each([
    ['', ''],
    ['one', 'one'],
    ['one\ntwo\nthree\n', 'two\nthree'],
    ['one\n\nthree\n\n\n', '\nthree'],
  ])('of %j are %j', (text, lines) => expect(ring(1000, text).lastLines(2)).toBe(lines));

  it('are cut to a width that can be read', () => {
    expect(ring(1000, `${'x'.repeat(500)}\n${'y'.repeat(200)}`).lastLines(2)).toBe(
      `${'x'.repeat(200)}…\n${'y'.repeat(200)}`,
    );
  });
});
