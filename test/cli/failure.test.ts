import { describe, expect, it } from 'vitest';
import { describeError, describeProblems } from '../../src/cli/failure.js';
import { DrainCheckError } from '../../src/errors.js';
import { PLAIN, type Style } from '../../src/report/terminal/style.js';
import { HOSTILE } from '../support/events.js';
import { flat } from '../support/cli.js';

const style: Style = { ...PLAIN, unicode: true, width: 80 };
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

const UNSEEN = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

describe('describeProblems', () => {
  it('says all of them, each with its value', () => {
    const text = describeProblems(
      [
        { option: '--settle', value: '5', problem: 'is not a duration' },
        { option: 'command', value: '', problem: 'is missing' },
      ],
      style,
    );
    expect(text).toBe(
      'drain-check: 2 options cannot be used:\n  --settle "5" is not a duration.\n  command is missing.\nSee drain-check --help.\n',
    );
  });

  it('speaks of one as of one', () =>
    expect(describeProblems([{ option: '--settle', value: '5', problem: 'is wrong' }], style)).toContain(
      'drain-check: An option cannot be used:\n',
    ));

  it('shows a value harmless and short', () => {
    const text = describeProblems([{ option: '--body', value: HOSTILE, problem: 'is wrong' }], style);
    expect(text).not.toMatch(UNSEEN);
    expect(text).toContain('…');
    expect(text.length).toBeLessThan(600);
  });
});

describe('describeError', () => {
  const error = (extra: { cause?: unknown; output?: string } = {}) =>
    new DrainCheckError(
      'target-died',
      'The target exited with code 7 before it listened.',
      `Look at what it printed. ${'word '.repeat(30).trim()}.`,
      extra,
    );

  it('is one paragraph: what happened, and what to do', () => {
    const text = describeError(error(), style, false);
    expect(flat(text)).toContain(
      'drain-check: The target exited with code 7 before it listened. Look at what it printed. word',
    );
    expect(widest(text)).toBeLessThanOrEqual(80);
    expect(
      text
        .trimEnd()
        .split('\n')
        .slice(1)
        .every((line) => line.startsWith(' '.repeat(13))),
    ).toBe(true);
    expect(text.endsWith('\n')).toBe(true);
  });

  it('shows what the target printed last, line by line, harmless', () => {
    const text = describeError(error({ output: `one\n${HOSTILE}` }), style, false);
    expect(text).toContain('\n  its last output:\n    one\n    \\x1b[31mred');
    expect(text).not.toMatch(UNSEEN);
  });

  it('has nothing to show where nothing was printed', () =>
    expect(describeError(error(), style, false)).not.toContain('output'));

  it('tells the cause only to who asks for it', () => {
    const cause = new Error('the cause');
    expect(describeError(error({ cause }), style, false)).not.toContain('the cause');
    expect(describeError(error({ cause }), style, true)).toContain('    Error: the cause\n');
  });

  it.each([
    ['an error', new TypeError('x is not a function'), 'TypeError: x is not a function'],
    ['a text', 'thrown', '    thrown\n'],
    ['nothing', undefined, '    undefined\n'],
  ])('owns up to a fault of its own: %s', (_, thrown, shown) => {
    const text = describeError(thrown, style, false);
    expect(text).toContain('This is a fault of drain-check itself, not a verdict on the target.');
    expect(text).toContain(shown);
  });

  it('is harmless whatever the message holds', () =>
    expect(describeError(new DrainCheckError('usage', HOSTILE, HOSTILE), style, true)).not.toMatch(UNSEEN));
});
