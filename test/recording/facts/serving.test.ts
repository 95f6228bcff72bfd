import { describe, expect, it } from 'vitest';
import { serving } from '../../../src/recording/facts/serving.js';
import { firstLife, SIGNAL_AT, Story } from '../../support/story.js';

/** Milliseconds after the signal. */
function served(story: Story) {
  const { until, endedAt } = serving(firstLife(story));
  return { until: until === null ? null : until - SIGNAL_AT, endedAt: endedAt - SIGNAL_AT };
}

const signalled = () => new Story().life().signal();

describe('serving', () => {
  it.each(['refused', 'rejected', 'reset', 'closed', 'short'] as const)(
    'ends with the first new connection that was %s',
    (ending) => {
      expect(served(signalled().arrival(25).arrival(75).arrival(125, ending).arrival(175).exit(600))).toEqual({
        until: 75,
        endedAt: 125,
      });
    },
  );

  it.each([500, 502])('ends with the first new connection that was answered %i', (status) => {
    expect(
      served(signalled().arrival(25).arrival(75).arrival(125, 'answered', { status }).arrival(175).exit(600)),
    ).toEqual({ until: 75, endedAt: 125 });
  });

  it('goes on for other answers, and for work that gets a server error', () => {
    expect(
      served(
        signalled()
          .arrival(25, 'answered', { status: 404 })
          .exchange('new-work', { openedAt: 30, status: 500 })
          .arrival(75)
          .exit(600),
      ),
    ).toEqual({ until: 75, endedAt: 600 });
  });

  it('ends with the process when all were served', () => {
    expect(served(signalled().arrival(25).arrival(575).exit(600))).toEqual({ until: 575, endedAt: 600 });
  });

  it('ends with the kill', () => {
    expect(served(signalled().arrival(25).killed(30_000))).toEqual({ until: 25, endedAt: 30_000 });
  });

  it('ends when the probes see the listener closed', () => {
    expect(
      served(
        signalled()
          .arrival(25)
          .probes('liveness', 200, 0, 40)
          .probes('liveness', 'refused', 50, 590)
          .arrival(75, 'refused')
          .exit(600),
      ),
    ).toEqual({ until: 25, endedAt: 52 });
  });

  it('has no last moment when nothing was served', () => {
    expect(served(signalled().arrival(25, 'refused').exit(600))).toEqual({ until: null, endedAt: 25 });
  });

  it('is not ended by work that was turned away, which may be so in peace', () => {
    expect(
      served(signalled().arrival(25).exchange('new-work', { openedAt: 30, ending: 'rejected' }).arrival(75).exit(600)),
    ).toEqual({ until: 75, endedAt: 600 });
  });

  it('goes on for work that was served', () => {
    expect(served(signalled().arrival(25).exchange('new-work', { openedAt: 30, endedAt: 590 }).exit(600)).until).toBe(
      30,
    );
  });
});
