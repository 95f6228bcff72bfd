import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Marks } from '../../src/backends/marks.js';
import { parsePoint } from '../../src/backends/statsd-sink.js';

const NONCE = '00112233445566ff';

describe('marks', () => {
  it('are trace ids that differ and begin alike', () => {
    const marks = new Marks(NONCE);
    const ids = [marks.next(), marks.next()];
    expect(ids).toEqual([`${NONCE}0000000000000001`, `${NONCE}0000000000000002`]);
  });

  it('are found in whatever bytes stand around them, as bytes and as text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.uint8Array({ maxLength: 50 }), fc.boolean(), (a, b, asText) => {
        const marks = new Marks(NONCE);
        const id = marks.next();
        const middle = asText ? Buffer.from(id.toUpperCase()) : Buffer.from(id, 'hex');
        expect(marks.findIn(Buffer.concat([a, middle, b]))).toEqual([id]);
      }),
    );
  });

  it('are found as a UUID, too', () => {
    const marks = new Marks(NONCE);
    const id = marks.next();
    const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
    expect(marks.findInText(`done ${uuid} in 3 ms`)).toEqual([id]);
  });

  it('are not invented', () => {
    const marks = new Marks(NONCE);
    marks.next();
    expect(marks.findInText(`${NONCE}0000000000000002 ${NONCE}00`)).toEqual([]);
  });
});

describe('a point of StatsD', () => {
  it.each([
    ['requests:1|c', { name: 'requests', points: 1, sampled: false }],
    ['requests:5|c|@0.1|#path:/a', { name: 'requests#path:/a', points: 5, sampled: true }],
    ['latency:3.2|ms', { name: 'ms latency', points: 1, sampled: false }],
    ['latency:3:4|d', { name: 'd latency', points: 2, sampled: false }],
  ])('%s', (line, point) => expect(parsePoint(line)).toEqual(point));

  it.each(['users:7|g', 'ids:a|s', '', 'x', 'requests:one|c', '_e{5,4}:title|text'])('is no %s', (line) =>
    expect(parsePoint(line)).toBeNull(),
  );

  it('may be anything', () => {
    fc.assert(fc.property(fc.string(), (line) => void parsePoint(line)));
  });
});
