import { describe, expect, it } from 'vitest';
import {
  deliberateReaction,
  firstReaction,
  heardBetween,
  type Reaction,
} from '../../../src/recording/facts/reaction.js';
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
    [
      'it came after the grace period',
      () => signalled().arrival(25).event(60, { type: 'grace-over', alive: [] }).arrival(75, 'rejected'),
    ],
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

describe('a signal that was given to the server', () => {
  const heard = (story: Story) => heardBetween(firstLife(story), SIGNAL_AT + 100, SIGNAL_AT + 200);
  const flip = (at: number) =>
    signalled()
      .probes('readiness', 200, -50, at - 10)
      .probes('readiness', 503, at, 500);

  it.each([
    ['the server ended', () => signalled().event(150, { type: 'process-gone', pid: 100, command: '' })],
    ['a connection was refused', () => signalled().arrival(150, 'refused')],
    ['a connection was rejected', () => signalled().arrival(150, 'rejected')],
    ['a close was announced', () => announcing(signalled(), 150)],
    ['GOAWAY came', () => signalled().event(150, { type: 'goaway', connection: 1, code: 0, lastStream: 1 })],
    ['readiness failed', () => flip(150)],
    [
      'liveness was refused',
      () => signalled().probes('liveness', 200, -50, 140).probes('liveness', 'refused', 150, 500),
    ],
  ])('was heard when %s', (_, story) => {
    expect(heard(story())).toBe(true);
  });

  it.each([
    ['nothing happened', () => signalled().arrival(150)],
    ['another process ended', () => signalled().event(150, { type: 'process-gone', pid: 300, command: '' })],
    ['it ended before', () => signalled().event(99, { type: 'process-gone', pid: 100, command: '' })],
    ['it ended after', () => signalled().event(200, { type: 'process-gone', pid: 100, command: '' })],
    ['a connection was refused before', () => signalled().arrival(50, 'refused')],
    ['a connection was reset', () => signalled().arrival(150, 'reset')],
    ['new work was rejected', () => signalled().exchange('new-work', { openedAt: 150, ending: 'rejected' })],
    ['readiness had failed before', () => flip(50)],
    ['readiness was failing all along', () => signalled().probes('readiness', 503, 150, 500)],
    [
      'a probe was not answered',
      () => signalled().probes('readiness', 200, -50, 140).probes('readiness', 'reset', 150, 160),
    ],
  ])('was not heard when %s', (_, story) => {
    expect(heard(story())).toBe(false);
  });
});
