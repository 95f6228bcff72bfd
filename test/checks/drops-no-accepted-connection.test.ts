import { describe, expect, it } from 'vitest';
import { dropsNoAcceptedConnection } from '../../src/checks/drops-no-accepted-connection.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => dropsNoAcceptedConnection.judge(story.facts(), story.plan);
const signalled = () => new Story().life().signal();
/** The probes see the listener closing between 190 and 202 ms. */
const closing = () => signalled().probes('liveness', 200, 0, 190).probes('liveness', 'refused', 200, 900);

describe('drops-no-accepted-connection', () => {
  it('passes when each was answered, rejected or refused', () => {
    const verdict = judge(signalled().arrival(25).arrival(75, 'rejected').arrival(125, 'refused').exit(600));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'drain',
      observed: '1 answered, 1 rejected with 503, 1 refused',
    });
    expect(verdict.evidence).toHaveLength(3);
  });

  it.each(['reset', 'closed', 'short', 'timed-out'] as const)('fails when one was %s', (ending) => {
    const verdict = judge(signalled().arrival(25).arrival(75, ending, { endedAt: 90 }).arrival(125).exit(600));
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain('1 connection dropped, the first opened 75 ms after the signal');
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when new work was cut', () => {
    expect(
      judge(signalled().arrival(25).exchange('new-work', { openedAt: 530, endedAt: 600, ending: 'reset' }).exit(600))
        .status,
    ).toBe('fail');
  });

  it('fails when connections were left hanging until the death', () => {
    const verdict = judge(
      signalled().arrival(25).arrival(75, 'reset', { endedAt: 600 }).arrival(125, 'reset', { endedAt: 600 }).exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: '1 answered, 2 reset; 2 connections dropped, the first opened 75 ms after the signal',
    });
  });

  it('warns of a single reset in the moment in which the listener closed', () => {
    const verdict = judge(closing().arrival(25).arrival(192, 'reset', { endedAt: 196 }).exit(1000));
    expect(verdict).toMatchObject({
      status: 'warn',
      observed: '1 answered, 1 reset',
      because: expect.stringContaining('accept queue') as string,
    });
  });

  it('warns of a single one that was closed unread with the listener, as uvicorn does', () => {
    const verdict = judge(closing().arrival(25).arrival(192, 'closed', { endedAt: 196 }).exit(1000));
    expect(verdict).toMatchObject({
      status: 'warn',
      because: expect.stringContaining('not read yet') as string,
    });
    // By the exit, however, nothing is left in which the server could have answered what it had taken.
    expect(judge(signalled().arrival(25).arrival(592, 'closed', { endedAt: 597 }).exit(600)).status).toBe('fail');
    // And two of them at once are the machine's slowness, or more than a race.
    const two = closing().arrival(191, 'closed', { endedAt: 196 }).arrival(192, 'closed', { endedAt: 196 }).exit(1000);
    expect(judge(two).status).toBe('inconclusive');
  });

  it.each([
    ['closed with FIN long before', 'closed', 120, 124],
    ['cut in its answer', 'short', 192, 196],
    ['older than the queue can be', 'reset', 150, 196],
    ['not at the closing', 'reset', 120, 124],
  ] as const)('fails when the one at the closing was %s', (_, ending, openedAt, endedAt) => {
    expect(judge(closing().arrival(25).arrival(openedAt, ending, { endedAt }).exit(1000)).status).toBe('fail');
  });

  it('fails when there was another beside the one at the closing', () => {
    expect(judge(closing().arrival(75, 'reset').arrival(192, 'reset', { endedAt: 196 }).exit(1000)).status).toBe(
      'fail',
    );
  });

  it('does not count what the tester ended', () => {
    expect(judge(signalled().arrival(25).arrival(575, 'ended-by-tester').exit(600))).toMatchObject({
      status: 'pass',
      observed: '1 answered',
    });
  });

  describe('with new WebSockets', () => {
    const drained = () => signalled().arrival(25).arrival(125, 'refused').exit(600);
    const streams = (story = drained()) => story.life('streams').signal();
    const upgraded = (story: Story, openedAt: number, more: ExchangeStory = {}) =>
      story.websocket('new-websocket', { code: null }, { openedAt, ending: 'closed', ...more });
    const refused = (story: Story, openedAt: number) =>
      story.exchange('new-websocket', { openedAt, endedAt: openedAt + 1, ending: 'refused' });

    it('passes when each was closed with a close frame or turned away', () => {
      const story = streams()
        .websocket('new-websocket', { code: 1001 }, { openedAt: 75 })
        .exchange('new-websocket', { openedAt: 175, endedAt: 176, ending: 'rejected' })
        .exchange('new-websocket', { openedAt: 275, endedAt: 276, status: 404 });
      const verdict = judge(refused(story, 375).exit(600));
      expect(verdict).toMatchObject({
        status: 'pass',
        scenario: 'drain',
        observed: '1 answered, 1 refused; new WebSockets: 1 closed with a close frame, 3 turned away',
      });
      expect(verdict.evidence).toHaveLength(6);
    });

    it.each([
      ['in between', 300],
      ['at the death', 600],
    ])('fails when one was upgraded and then dropped %s', (_, endedAt) => {
      const verdict = judge(upgraded(streams(), 75, { endedAt }).exit(600));
      expect(verdict).toMatchObject({
        status: 'fail',
        scenario: 'streams',
        expected: 'every new WebSocket is closed with a close frame or turned away',
        observed: 'new WebSockets: 1 dropped, the first opened 75 ms after the signal',
      });
      expect(verdict.evidence).toHaveLength(1);
    });

    it.each(['closed', 'timed-out', 'short'] as const)('fails when the upgrade of one was %s', (ending) => {
      expect(judge(streams().exchange('new-websocket', { openedAt: 75, endedAt: 100, ending }).exit(600)).status).toBe(
        'fail',
      );
    });

    it('knows the race of the accept queue', () => {
      const raced = () => streams().exchange('new-websocket', { openedAt: 172, endedAt: 174, ending: 'reset' });
      expect(judge(refused(raced(), 180).exit(600))).toMatchObject({ status: 'warn', scenario: 'streams' });
      expect(judge(raced().exit(600)).status).toBe('fail');
      // An exit closes the listener, too.
      expect(judge(raced().exit(200))).toMatchObject({ status: 'warn', scenario: 'streams' });
      const late = upgraded(streams(), 100, { endedAt: 174, ending: 'reset' });
      expect(judge(refused(late, 180).exit(600)).status).toBe('fail');
    });

    it('allows a target that is slow to upgrade as much time in the queue', () => {
      const upgradedIn = (ms: number) =>
        drained()
          .life('streams')
          .websocket('quiet-websocket', { code: 1012 }, { openedAt: -10 - ms, endedAt: 100 })
          .signal();
      const raced = (story: Story) =>
        refused(story.exchange('new-websocket', { openedAt: 79, endedAt: 167, ending: 'reset' }), 181).exit(400);
      expect(judge(raced(upgradedIn(100)))).toMatchObject({ status: 'warn', scenario: 'streams' });
      expect(judge(raced(upgradedIn(10))).status).toBe('fail');
    });

    it('says of the two what weighs more', () => {
      const dropping = signalled().arrival(25, 'reset', { endedAt: 90 }).exit(600);
      expect(judge(upgraded(streams(dropping), 75).exit(600))).toMatchObject({ status: 'fail', scenario: 'drain' });
      const skipping = signalled().exit(3);
      expect(judge(refused(streams(skipping), 75).exit(600))).toMatchObject({
        status: 'pass',
        scenario: 'streams',
        observed: 'new WebSockets: 1 turned away',
      });
    });

    it('does not count what the tester ended, nor refusals of the last moment', () => {
      const story = streams().websocket('new-websocket', null, { openedAt: 75, ending: 'ended-by-tester' });
      expect(judge(refused(story, 580).exit(600)).observed).toBe('1 answered, 1 refused');
    });
  });

  it('does not apply when none was tried before it was gone', () => {
    expect(judge(signalled().arrival(25, 'refused').exit(3)).status).toBe('skip');
  });
});
