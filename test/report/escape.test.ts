import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls } from '../../src/report/escape.js';
import { HOSTILE } from '../support/events.js';

const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

describe('escapeControls', () => {
  it.each([
    ['plain text, ünïcode and 😀', 'plain text, ünïcode and 😀'],
    ['\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
    ['a\tb\r\nc\u0000', 'a\\x09b\\x0d\\x0ac\\x00'],
    ['\u007f\u009b2J', '\\x7f\\x9b2J'],
    ['abc\u202edef\u2066\u200f', 'abc\\u202edef\\u2066\\u200f'],
    ['zero\u200bwidth\ufeff', 'zero\\u200bwidth\\ufeff'],
    ['two\u2028lines\u2029', 'two\\u2028lines\\u2029'],
    ['', ''],
  ])('%j', (text, escaped) => expect(escapeControls(text)).toBe(escaped));

  it('leaves nothing that acts on a terminal', () => expect(escapeControls(HOSTILE)).not.toMatch(UNSEEN));

  it('leaves nothing unseen in any text, does nothing the second time, and never makes it shorter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeControls(text);
        expect(escaped).not.toMatch(UNSEEN);
        expect(escapeControls(escaped)).toBe(escaped);
        expect(escaped.length).toBeGreaterThanOrEqual(text.length);
      }),
      { numRuns: 500 },
    );
  });

  it('leaves what a terminal can show as it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeControls(text)).toBe(text);
      }),
    );
  });
});
