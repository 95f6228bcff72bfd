import { describe, expect, it } from 'vitest';
import { deliberateReaction, firstReaction, type Reaction } from '../../../src/recording/facts/reaction.js';
import { firstLife, SIGNAL_AT, Story } from '../../support/story.js';

/** What was seen, and when, in milliseconds after the signal. */
function told(reaction: Reaction | null) {
  return reaction === null ? null : [reaction.kind, reaction.at - SIGNAL_AT];
}

const first = (story: Story) => told(firstReaction(firstLife(story)));
const deliberate = (story: Story) => told(deliberateReaction(firstLife(story)));
const signalled = () => new Story().life().signal();
const announcing = (story: Story, openedAt: number) =>
  story.exchange('reused-connection', { openedAt, endedAt: openedAt + 1, more: { announcedClose: true } });

describe('the first reaction', () => {
  it.each([
    [
      'readiness that fails',
      ['readiness', 22],
      () => signalled().probes('readiness', 200, -100, 10).probes('readiness', 503, 20, 500),
    ],
    ['a new connection that is turned away', ['turned away', 26], () => signalled().arrival(25, 'rejected')],
    ['an announced close', ['announced', 26], () => announcing(signalled(), 25)],
    ['a listener that closes', ['listener', 76], () => signalled().arrival(25).arrival(75, 'refused')],
  ])('is %s', (_, expected, story) => {
    expect(first(story().exit(600))).toEqual(expected);
    expect(deliberate(story().exit(600))).toEqual(expected);
  });

  it('names the event that proves it', () => {
    const story = signalled().arrival(25).arrival(75, 'rejected').exit(600);
    expect(story.recording().events[firstReaction(firstLife(story))?.seq ?? -1]).toMatchObject({
      type: 'exchange-ended',
      ending: 'rejected',
    });
  });

  it.each([
    ['all goes on as before', () => signalled().probes('readiness', 200, -100, 590).arrival(25)],
    [
      'probes are not answered',
      () => signalled().probes('readiness', 'timed-out', 20, 400).probes('readiness', 'reset', 410, 500),
    ],
    ['readiness was failing before', () => signalled().probes('readiness', 503, -100, 590)],
    ['liveness fails', () => signalled().probes('liveness', 503, 20, 590)],
    [
      'new work is turned away, which may be so in peace',
      () => signalled().exchange('new-work', { openedAt: 30, ending: 'rejected' }),
    ],
    ['the close was announced before the signal', () => announcing(new Story().life(), -50).signal()],
    ['connections are reset', () => signalled().arrival(25, 'reset')],
    ['its death closes the listener', () => signalled().arrival(25).arrival(560, 'refused')],
  ])('is none when %s', (_, story) => {
    expect(first(story().exit(600))).toBeNull();
    expect(deliberate(story().exit(600))).toBeNull();
  });
});

describe('a deliberate reaction', () => {
  const closing = () => signalled().arrival(25).arrival(75, 'refused');

  it('is a listener that closes 250 ms before the death', () => {
    expect(deliberate(closing().exit(326))).toEqual(['listener', 76]);
    expect(deliberate(closing().exit(325))).toBeNull();
    expect(first(closing().exit(325))).toEqual(['listener', 76]);
  });

  it('is any other sign, however late', () => {
    expect(deliberate(signalled().arrival(25, 'rejected').exit(30))).toEqual(['turned away', 26]);
  });

  it('is no closed listener while the death was not seen', () => {
    expect(deliberate(closing())).toBeNull();
  });
});
