import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorName, Http2Frames, type Goaway } from '../../src/traffic/http2-frames.js';
import { frames } from '../support/http2.js';

/** Reads bytes in pieces that end at these places. */
function readIn(bytes: Buffer, cuts: readonly number[]) {
  const goaways: Goaway[] = [];
  let noise = 0;
  const reader = new Http2Frames(
    (goaway) => goaways.push(goaway),
    () => (noise += 1),
  );
  const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < places.length; i++) reader.read(bytes.subarray(places[i - 1], places[i]));
  return { reader, goaways, noise };
}

const ALL = Buffer.concat([
  frames.settings(),
  frames.head(1, 200),
  frames.data(1, 'x'.repeat(300)),
  frames.data(1, '', true),
  frames.head(3, 204, { end: true }),
  frames.head(5, 200),
  frames.reset(5, 8),
  frames.goaway(2 ** 31 - 1),
  frames.goaway(5, 0),
  frames.goaway(5, 0),
]);

describe('Http2Frames', () => {
  it('tells the same wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(ALL.length)), (cuts) => {
        const { reader, goaways, noise } = readIn(ALL, cuts);
        expect([1, 3, 5, 7].map((stream) => reader.hasEnded(stream))).toEqual([true, true, false, false]);
        expect([1, 3, 5].map((stream) => reader.resetOf(stream))).toEqual([null, null, 8]);
        expect(goaways).toEqual([
          { lastStream: 2 ** 31 - 1, code: 0 },
          { lastStream: 5, code: 0 },
        ]);
        expect(noise).toBe(0);
      }),
    );
  });

  it('takes no frame for the end before all of it is there', () => {
    const last = frames.data(1, 'the end', true);
    for (let cut = 0; cut < last.length; cut++) {
      const { reader } = readIn(Buffer.concat([frames.settings(), last.subarray(0, cut)]), []);
      expect(reader.hasEnded(1)).toBe(false);
    }
  });

  it.each([
    ['another frame than settings first', frames.head(1, 200)],
    ['another protocol', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a frame longer than we allow', Buffer.concat([frames.settings(), frames.data(1, 'x'.repeat(16_385))])],
  ])('complains once of %s', (_what, bytes) => {
    expect(readIn(Buffer.concat([bytes, bytes]), []).noise).toBe(1);
  });

  it('forgets a stream that nobody asks for any more', () => {
    const { reader } = readIn(ALL, []);
    for (const stream of [1, 3, 5]) reader.forget(stream);
    expect([1, 3].some((stream) => reader.hasEnded(stream)) || reader.resetOf(5) !== null).toBe(false);
  });

  it('names errors as the RFC does', () => {
    expect([0, 7, 8, 11, 99].map(errorName)).toEqual([
      'NO_ERROR',
      'REFUSED_STREAM',
      'CANCEL',
      'ENHANCE_YOUR_CALM',
      '99',
    ]);
  });
});
