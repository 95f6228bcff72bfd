import { describe, expect, it } from 'vitest';
import { fateOf } from '../../../src/recording/facts/answers.js';
import type { ExchangeKind } from '../../../src/recording/events.js';
import { firstLife, Story, type ExchangeStory } from '../../support/story.js';

interface Around {
  kind?: ExchangeKind;
  before?: (story: Story) => Story;
  after?: (story: Story) => Story;
}

/** The fate of one exchange of the drain, in a story that begins and goes on as told. */
function fate(
  told: ExchangeStory,
  { kind = 'slow-response', before = (story) => story, after = (story) => story.exit(600) }: Around = {},
) {
  const story = after(before(new Story().life()).exchange(kind, told).signal());
  const life = firstLife(story);
  const [exchange] = life.inFlight;
  if (exchange === undefined) throw new Error('the story has nothing in flight');
  return fateOf(exchange, life, story.facts());
}

const baseline =
  (status: number | null, bytes = 10) =>
  (story: Story) =>
    story.exit(600).life('drain', { purpose: 'baseline' }).event(0, {
      type: 'baseline-measured',
      method: 'GET',
      path: '/slow',
      status,
      bytes,
      framing: 'length',
      afterMs: 600,
    });
const untilClose = { more: { framing: 'close' } } as const;

describe('the fate of an exchange', () => {
  it.each([200, 204, 302, 404])('is to be finished by a complete %i', (status) => {
    expect(fate({ status })).toBe('finished');
  });

  it.each(['reset', 'closed', 'short', 'timed-out', 'refused'] as const)('is to be lost when it was %s', (ending) => {
    expect(fate({ ending })).toBe('lost');
  });

  it('needs a baseline when it was rejected, and is lost where peace has another answer', () => {
    expect(fate({ ending: 'rejected' })).toBe('needs-baseline');
    expect(fate({ ending: 'rejected' }, { after: baseline(200) })).toBe('lost');
    expect(fate({ ending: 'rejected' }, { after: baseline(503) })).toBe('finished');
  });

  it('is not observed when the tester ended it, or nothing did', () => {
    expect(fate({ ending: 'ended-by-tester' })).toBe('not-observed');
    expect(fate({ endedAt: null })).toBe('not-observed');
  });

  it.each([
    ['finished', 500, 500],
    ['lost', 500, 200],
    ['finished', 502, 500],
    ['finished', 201, 200],
    ['finished', 409, 404],
    ['lost', 404, 200],
    ['lost', 302, 200],
    ['finished', 200, 404],
  ] as const)('is to be %s by a %i where the baseline has %i', (expected, status, inPeace) => {
    expect(fate({ status }, { after: baseline(inPeace) })).toBe(expected);
  });

  it('needs a baseline for a server error', () => {
    expect(fate({ status: 500 })).toBe('needs-baseline');
    expect(fate({ status: 500, path: '/other' }, { after: baseline(500) })).toBe('needs-baseline');
    expect(fate({ status: 500, method: 'POST' }, { after: baseline(500) })).toBe('needs-baseline');
    expect(fate({ status: 500 }, { after: baseline(null) })).toBe('needs-baseline');
  });

  it('is to be finished by a 503 only where it is the normal answer', () => {
    expect(fate({ ending: 'rejected' }, { after: baseline(503) })).toBe('finished');
    expect(fate({ ending: 'rejected' }, { after: baseline(200) })).toBe('lost');
    expect(fate({ ending: 'reset' }, { after: baseline(503) })).toBe('lost');
  });

  describe('when only the end of the connection tells the length of the answer', () => {
    it('needs a baseline', () => {
      expect(fate(untilClose)).toBe('needs-baseline');
    });

    it.each([
      [9, 'finished'],
      [10, 'finished'],
      [11, 'lost'],
    ])('with a baseline of %i bytes for its 10 is to be %s', (bytes, expected) => {
      expect(fate(untilClose, { after: baseline(200, bytes) })).toBe(expected);
    });
  });

  describe('of an upload', () => {
    const calibrated = (path: string) => ({
      kind: 'slow-upload' as const,
      before: (story: Story) =>
        story.event(-600, {
          type: 'upload-calibrated',
          method: 'POST',
          path,
          held: true,
          status: 200,
          answeredAfterMs: 2,
          reason: null,
        }),
    });

    it('is told by the answer of its calibration', () => {
      expect(fate({ path: '/', status: 500 }, calibrated('/'))).toBe('lost');
      expect(fate({ path: '/', status: 500 }, calibrated('/files'))).toBe('needs-baseline');
      expect(fate({ path: '/', status: 404 }, calibrated('/'))).toBe('lost');
      expect(fate({ path: '/', status: 201 }, calibrated('/'))).toBe('finished');
      expect(fate({ path: '/', ...untilClose }, calibrated('/'))).toBe('finished');
    });
  });

  it('is to be lost when it came only because the signal was brought to the server at last', () => {
    const followed = (story: Story) =>
      story
        .event(30_000, { type: 'grace-over', alive: [] })
        .follow(30_050, 200)
        .event(31_600, { type: 'killed', pids: [] })
        .exit(31_605, { code: null, signal: 'SIGKILL' });
    expect(fate({ endedAt: 30_100 }, { after: followed })).toBe('lost');
    expect(fate({ endedAt: 30_049 }, { after: followed })).toBe('finished');
  });

  describe('when the signalled process was gone', () => {
    /** The signalled process ends at one time, the one that answers at another. */
    const orphaned =
      (exitAt: number, goneAt = 700) =>
      (story: Story) =>
        story
          .event(exitAt, { type: 'root-exited', code: null, signal: 'SIGTERM' })
          .event(goneAt, { type: 'process-gone', pid: 200, command: 'node real-server.js' })
          .event(800, { type: 'life-ended', complete: true });

    it('is to be answered by an orphan', () => {
      expect(fate({ endedAt: 500 }, { after: orphaned(5) })).toBe('by-orphan');
    });

    it('is to be answered by an orphan, too, when that one was left behind and killed', () => {
      const left = (story: Story) =>
        orphaned(5, 30_001)(story.event(1010, { type: 'outlived-root', processes: [] })).killed(30_000);
      expect(fate({ endedAt: 500 }, { after: left })).toBe('by-orphan');
    });

    it('is finished when no process outlived it', () => {
      expect(fate({ endedAt: 500 }, { after: orphaned(5, 5) })).toBe('finished');
    });

    it('is finished when the answer came up to 50 ms later, which is our own clocks', () => {
      expect(fate({ endedAt: 500 }, { after: orphaned(450) })).toBe('finished');
      expect(fate({ endedAt: 500 }, { after: orphaned(449) })).toBe('by-orphan');
    });

    it('is lost when the orphan did not answer', () => {
      expect(fate({ endedAt: 500, ending: 'reset' }, { after: orphaned(5) })).toBe('lost');
    });
  });
});
