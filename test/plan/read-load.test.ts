import { describe, expect, it } from 'vitest';
import { readLoad } from '../../src/plan/read-load.js';
import { Reader } from '../../src/plan/reader.js';

function read(text: string, kind: Parameters<typeof readLoad>[1] = 'command', more: Record<string, string[]> = {}) {
  const reader = new Reader({ load: [text], ...more });
  return { load: readLoad(reader, kind), problems: reader.problems.map(({ problem }) => problem) };
}

describe('--load', () => {
  it('is null when it is not given', () => expect(readLoad(new Reader({}), 'url')).toBeNull());

  it.each(['', 'true', '1', 'yes'])('is the story of the field when nothing more is said: %j', (text) =>
    expect(read(text)).toEqual({ load: { requests: 5000, websockets: 10_000, idle: 0, given: false }, problems: [] }),
  );

  it.each([
    ['requests=5', { requests: 5, websockets: 0, idle: 0, given: true }],
    ['websockets=2, idle=1', { requests: 0, websockets: 2, idle: 1, given: true }],
  ])('is %s', (text, load) => expect(read(text)).toEqual({ load, problems: [] }));

  it.each([
    ['requests', 'write it like'],
    ['request=5', 'did you mean requests?'],
    ['requests=-1', 'is not understood'],
    ['requests=0', 'opens nothing'],
    ['requests=100001', '100000 are the most'],
  ])('is not %s', (text, words) => expect(read(text).problems).toEqual([expect.stringContaining(words)]));

  it('needs a target that is started afresh, and plain HTTP/1.1', () => {
    expect(read('', 'url').problems).toEqual([expect.stringContaining('started afresh')]);
    expect(read('', 'command', { https: ['true'] }).problems).toEqual([expect.stringContaining('leave out --https')]);
  });
});
