import { describe, expect, it } from 'vitest';
import { firstLife, SIGNAL_AT, Story } from '../../support/story.js';

/** When the listener was closed, in milliseconds after the signal. */
function closed(story: Story) {
  const { listener } = firstLife(story);
  return listener.closed === null ? null : [listener.closed.from - SIGNAL_AT, listener.closed.to - SIGNAL_AT];
}

const signalled = () => new Story().life().signal();

describe('the listener', () => {
  it('closed between the last connection that was taken and the first that was refused', () => {
    expect(
      closed(signalled().arrival(25).arrival(75).arrival(125, 'refused').arrival(175, 'refused').exit(600)),
    ).toEqual([75, 126]);
  });

  it('is seen by probes as well, the nearest of all counts', () => {
    const story = signalled()
      .probes('readiness', 200, -100, 90)
      .probes('liveness', 503, -100, 95)
      .probes('readiness', 'refused', 100, 590);
    expect(closed(story.arrival(25).arrival(125, 'refused').exit(600))).toEqual([95, 102]);
  });

  it.each(['answered', 'rejected', 'reset', 'closed', 'short'] as const)(
    'was open for a connection that was %s',
    (ending) => {
      expect(closed(signalled().arrival(75, ending).arrival(125, 'refused').exit(600))).toEqual([75, 126]);
    },
  );

  it('closed after the signal at the soonest', () => {
    expect(closed(signalled().arrival(25, 'refused').exit(600))).toEqual([0, 26]);
  });

  it('stayed open when nothing was refused', () => {
    const story = signalled().arrival(25).arrival(75, 'reset').exit(600);
    expect(closed(story)).toBeNull();
    expect(firstLife(story).listener.evidence).toEqual([]);
  });

  it('is asked by new WebSockets as well', () => {
    const story = signalled().websocket('new-websocket', {}, { openedAt: 75 });
    expect(
      closed(story.exchange('new-websocket', { openedAt: 175, endedAt: 176, ending: 'refused' }).exit(600)),
    ).toEqual([75, 176]);
  });

  it('is not asked by connections that were there already', () => {
    expect(closed(signalled().exchange('reused-connection', { openedAt: 25, ending: 'refused' }).exit(600))).toBeNull();
  });

  it('does not count what was refused before the signal', () => {
    expect(
      closed(signalled().probes('readiness', 'refused', -100, -50).probes('readiness', 200, -40, 590).exit(600)),
    ).toBeNull();
  });

  it('does not count what was refused in the last 50 ms of the process, nor after it', () => {
    expect(closed(signalled().arrival(25).arrival(548, 'refused').exit(600))).toEqual([25, 549]);
    expect(closed(signalled().arrival(25).arrival(549, 'refused').exit(600))).toBeNull();
    expect(closed(signalled().arrival(25).arrival(625, 'refused').exit(600))).toBeNull();
  });

  it('counts to the kill', () => {
    expect(closed(signalled().arrival(25).arrival(29_990, 'refused').killed(30_000))).toBeNull();
    expect(closed(signalled().arrival(25).arrival(29_000, 'refused').killed(30_000))).toEqual([25, 29_001]);
  });

  it('names the event that proves it', () => {
    const story = signalled().arrival(25).arrival(75, 'refused').exit(600);
    const [seq] = firstLife(story).listener.evidence;
    expect(story.recording().events[seq ?? -1]).toMatchObject({ type: 'exchange-ended', ending: 'refused' });
  });

  it('is nothing to speak of without a signal', () => {
    expect(closed(new Story().life().probes('readiness', 'refused', 0, 100).exit(600))).toBeNull();
  });
});
