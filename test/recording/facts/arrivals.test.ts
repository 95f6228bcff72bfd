import { describe, expect, it } from 'vitest';
import { arrivals, webSocketArrivals } from '../../../src/recording/facts/arrivals.js';
import { firstLife, Story, type ExchangeStory } from '../../support/story.js';

/** How many there are of each sort. */
function sorted(story: Story) {
  const seen = arrivals(firstLife(story));
  return {
    all: seen.all.length,
    served: seen.served.length,
    turnedAway: seen.turnedAway.length,
    dropped: seen.dropped.length,
    raced: seen.raced.length,
  };
}

const signalled = () => new Story().life().signal();

describe('arrivals', () => {
  it('are sorted by what became of them', () => {
    const story = signalled()
      .arrival(25)
      .arrival(75, 'rejected')
      .arrival(125, 'refused')
      .arrival(175, 'reset')
      .arrival(225, 'closed')
      .arrival(275, 'short')
      .arrival(325, 'timed-out');
    expect(sorted(story.exit(600))).toEqual({ all: 7, served: 1, turnedAway: 2, dropped: 4, raced: 0 });
  });

  it('are new connections and new work, and nothing else', () => {
    const story = signalled().arrival(25).exchange('new-work', { openedAt: 30 });
    for (const kind of [
      'slow-response',
      'slow-upload',
      'reused-connection',
      'idle-connection',
      'silent-connection',
      'kept-after-answer',
    ] as const)
      story.exchange(kind, { openedAt: 40 });
    expect(sorted(story.exit(600)).all).toBe(2);
  });

  it('leave out what the tester ended, what has no end and what came after the death', () => {
    const story = signalled()
      .arrival(25, 'ended-by-tester')
      .exchange('new-connection', { openedAt: 75, endedAt: null })
      .arrival(600, 'reset')
      .arrival(650, 'refused');
    expect(sorted(story.exit(600)).all).toBe(0);
  });

  it('leave out what came after the kill', () => {
    expect(sorted(signalled().arrival(25).arrival(30_000, 'reset').killed(30_000))).toMatchObject({
      all: 1,
      dropped: 0,
    });
  });

  it('count a refusal until 50 ms before the end', () => {
    expect(sorted(signalled().arrival(550, 'refused').exit(600)).turnedAway).toBe(1);
    expect(sorted(signalled().arrival(551, 'refused').exit(600)).all).toBe(0);
  });

  it('count a reset to the end', () => {
    expect(sorted(signalled().arrival(599, 'reset').exit(600)).dropped).toBe(1);
  });

  describe('that were reset when the listener closed', () => {
    /** The listener closes between 190 and 202 ms; probes wait `wait` ms for their outcome then. */
    const reset = (openedAt: number, endedAt: number, { wait = 2, headAt = null as number | null } = {}) => {
      const span = { startedAt: 1190, endedAt: 1190 + wait };
      return sorted(
        signalled()
          .probes('liveness', 200, 0, 190, { last: span })
          .arrival(openedAt, 'reset', { endedAt, headAt })
          .probes('liveness', 'refused', 200, 900)
          .exit(1000),
      ).raced;
    };

    it('are races', () => {
      expect(reset(192, 196)).toBe(1);
    });

    it('are races up to 10 ms beside it', () => {
      expect(reset(203, 212)).toBe(1);
      expect(reset(203, 213)).toBe(0);
      expect(reset(175, 180)).toBe(1);
      expect(reset(174, 179)).toBe(0);
    });

    it('are races when they are not older than 10 ms', () => {
      expect(reset(186, 196)).toBe(1);
      expect(reset(185, 196)).toBe(0);
    });

    it('may be older when the probes waited as long', () => {
      expect(reset(156, 196, { wait: 40 })).toBe(1);
      expect(reset(155, 196, { wait: 40 })).toBe(0);
    });

    it('may be seen later when the probes waited as long', () => {
      expect(reset(190, 241, { wait: 40 })).toBe(0);
      expect(reset(202, 242, { wait: 40 })).toBe(1);
    });

    it('may be older when an answer took as long just then', () => {
      const raced = (answer: ExchangeStory, openedAt: number) =>
        sorted(
          signalled()
            .probes('liveness', 200, 0, 190)
            .exchange('new-connection', answer)
            .arrival(openedAt, 'reset', { endedAt: 196 })
            .probes('liveness', 'refused', 200, 900)
            .exit(1000),
        ).raced;
      expect(raced({ openedAt: 150, endedAt: 190 }, 156)).toBe(1);
      expect(raced({ openedAt: 150, endedAt: 190 }, 155)).toBe(0);
      // One that was over long before tells nothing of that moment.
      expect(raced({ openedAt: 100, endedAt: 140 }, 156)).toBe(0);
    });

    it('are none when an answer had begun', () => {
      expect(reset(192, 196, { headAt: 194 })).toBe(0);
    });
  });

  it('are no races when the listener stayed open', () => {
    expect(sorted(signalled().arrival(192, 'reset').exit(600))).toMatchObject({ dropped: 1, raced: 0 });
  });
});

describe('arrivals of WebSockets', () => {
  const sortedWebSockets = (story: Story) => {
    const { all, served, turnedAway, dropped, raced } = webSocketArrivals(firstLife(story));
    return [all, served, turnedAway, dropped, raced].map((exchanges) => exchanges.length);
  };
  const answered = (story: Story, more: ExchangeStory) =>
    story.exchange('new-websocket', { openedAt: 175, endedAt: 176, ...more });

  it('are served by a close frame, whatever its code', () => {
    const story = signalled()
      .websocket('new-websocket', { code: 1001 }, { openedAt: 75 })
      .websocket('new-websocket', { code: 1011 }, { openedAt: 175 });
    expect(sortedWebSockets(story.exit(600))).toEqual([2, 2, 0, 0, 0]);
  });

  it.each<ExchangeStory>([{ ending: 'refused' }, { ending: 'rejected' }, { status: 404 }, { status: 200 }])(
    'are turned away by %j',
    (more) => {
      expect(sortedWebSockets(answered(signalled(), more).exit(600))).toEqual([1, 0, 1, 0, 0]);
    },
  );

  it.each(['closed', 'reset', 'short', 'timed-out'] as const)('are dropped when they are %s', (ending) => {
    expect(sortedWebSockets(answered(signalled(), { ending }).exit(600))).toEqual([1, 0, 0, 1, 0]);
    const upgraded = signalled().websocket('new-websocket', { code: null }, { openedAt: 75, endedAt: 600, ending });
    expect(sortedWebSockets(upgraded.exit(600))).toEqual([1, 0, 0, 1, 0]);
  });

  it('are in a race only before their upgrade', () => {
    const refused = (story: Story) => answered(story, { openedAt: 185, endedAt: 186, ending: 'refused' }).exit(600);
    expect(sortedWebSockets(refused(answered(signalled(), { endedAt: 178, ending: 'reset' })))).toEqual([
      2, 0, 1, 1, 1,
    ]);
    const upgraded = signalled().websocket(
      'new-websocket',
      { code: null },
      { openedAt: 175, endedAt: 178, ending: 'reset' },
    );
    expect(sortedWebSockets(refused(upgraded))).toEqual([2, 0, 1, 1, 0]);
  });

  it('are no others, and none that the tester ended', () => {
    const story = signalled().arrival(25).websocket('quiet-websocket');
    expect(sortedWebSockets(answered(story, { ending: 'ended-by-tester' }).exit(600))).toEqual([0, 0, 0, 0, 0]);
  });
});
