import { describe, expect, it } from 'vitest';
import { closesIdleConnections } from '../../src/checks/closes-idle-connections.js';
import type { ExchangeKind } from '../../src/recording/events.js';
import { examplePlan, processPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => closesIdleConnections.judge(story.facts(), story.plan);

/** The life `idle` with one connection of each kind; those with a time were closed by the target then. */
function idle(story: Story, closedAt: { idle?: number; silent?: number; kept?: number } = {}): Story {
  story
    .life('idle')
    .exchange('idle-connection', { connection: 1, openedAt: -200, endedAt: -190 })
    .exchange('silent-connection', { connection: 2, openedAt: -200, endedAt: null })
    .exchange('kept-after-answer', { connection: 3 })
    .signal();
  [closedAt.idle, closedAt.silent, closedAt.kept].forEach((at, index) => {
    if (at !== undefined) story.closed(index + 1, 'fin', at);
  });
  return story;
}

const drained = () => new Story().life().exchange('slow-response').signal().exit(600);

describe('closes-idle-connections', () => {
  it('passes when it was gone as soon as without them', () => {
    const verdict = judge(idle(drained()).exit(849));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'idle', observed: 'gone after 849 ms, 600 ms without' });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('passes when it was gone sooner than without them', () => {
    expect(judge(idle(drained()).exit(550)).observed).toBe('gone after 550 ms, 600 ms without');
  });

  it('notes a delay below two seconds', () => {
    expect(judge(idle(drained()).exit(851)).observed).toContain('a delay of 251 ms');
    expect(judge(idle(drained()).exit(2599))).toMatchObject({
      status: 'pass',
      observed: expect.stringContaining('a delay of 2 s') as string,
    });
  });

  it('warns of a delay of two seconds, and says what was closed last', () => {
    const verdict = judge(idle(drained(), { idle: 10, silent: 2600, kept: 520 }).exit(2600));
    expect(verdict).toMatchObject({
      status: 'warn',
      because: 'a delay of 2 s; last to be closed: a connection that had sent nothing',
    });
  });

  it('warns of a long delay', () => {
    const verdict = judge(idle(drained(), { idle: 5600, silent: 10, kept: 5600 }).exit(5600));
    expect(verdict).toMatchObject({
      status: 'warn',
      observed: 'gone after 5.6 s, 600 ms without',
      because:
        'a delay of 5 s; last to be closed: idle keep-alive connections and the connection of the last answer, kept by its client',
    });
  });

  it('fails when it was killed with some of them open, and names them', () => {
    const verdict = judge(idle(drained(), { kept: 520 }).killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed:
        'killed at the end of the grace period with idle keep-alive connections and a connection that had sent nothing still open; without them it is gone after 600 ms',
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('fails when only the connection of the last answer was open', () => {
    expect(judge(idle(drained(), { idle: 10, silent: 10 }).killed(30_000)).observed).toContain(
      'with the connection of the last answer, kept by its client still open',
    );
  });

  describe('with each kind played alone', () => {
    const alone = (story: Story, kind: ExchangeKind) =>
      story.life('idle', { purpose: 'isolation', alone: kind }).signal();

    it.each([
      [3601, '; held by idle keep-alive connections'],
      [3600, '; held by idle keep-alive connections'],
      [3599, '; last to be closed: a connection that had sent nothing'],
    ])('names in a warning the one that took as long, within 2 s: %i of 5600 ms', (after, words) => {
      const story = idle(drained(), { idle: 10, silent: 5600, kept: 520 }).exit(5600);
      alone(story, 'silent-connection').exit(600);
      alone(story, 'idle-connection').exit(after);
      expect(judge(story)).toMatchObject({ status: 'warn', because: `a delay of 5 s${words}` });
    });

    it('does not name one that took as long as without', () => {
      const story = idle(drained()).exit(2700);
      alone(story, 'idle-connection').exit(2600);
      expect(judge(story).because).not.toContain('held by');
      const other = idle(drained()).exit(2700);
      alone(other, 'idle-connection').exit(2601);
      expect(judge(other).because).toContain('; held by idle keep-alive connections');
    });

    it('names in a failure those that were killed', () => {
      const story = idle(drained()).killed(30_000);
      alone(story, 'idle-connection').exit(600);
      alone(story, 'silent-connection').killed(30_000);
      alone(story, 'kept-after-answer').killed(30_000);
      expect(judge(story).observed).toMatch(
        /without them it is gone after 600 ms; held by a connection that had sent nothing and the connection of the last answer, kept by its client$/,
      );
    });
  });

  it('is inconclusive when it was killed and none of them was open', () => {
    expect(judge(idle(drained(), { idle: 10, silent: 10, kept: 520 }).killed(30_000)).status).toBe('inconclusive');
  });

  it('does not apply when it is killed without them as well', () => {
    const killed = () => new Story().life().signal().killed(30_000);
    expect(judge(idle(killed()).killed(30_000))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('exits-in-time') as string,
    });
    expect(judge(idle(killed()).exit(600)).status).toBe('skip');
  });

  describe('without the same death to compare with', () => {
    it('passes when it was gone soon after the last answer', () => {
      expect(judge(idle(new Story()).exit(2499))).toMatchObject({
        status: 'pass',
        observed: expect.stringContaining('last answer after 500 ms') as string,
      });
    });

    it('is inconclusive when it took longer or was killed', () => {
      expect(judge(idle(new Story()).exit(2500))).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('drain') as string,
      });
      expect(judge(idle(new Story()).killed(30_000)).status).toBe('inconclusive');
    });
  });

  it('is inconclusive when the recording ends before the target did', () => {
    expect(judge(idle(drained())).status).toBe('inconclusive');
  });
});

describe('closes-idle-connections, with everything in place at once', () => {
  const UNSEEN = { code: null, signal: null };

  /** One connection of each kind beside a request that is answered after 500 ms; those with a time were closed then. */
  function together(closedAt: { idle?: number; silent?: number; kept?: number } = {}): Story {
    const story = new Story(processPlan())
      .taken('process')
      .exchange('slow-response')
      .exchange('idle-connection', { connection: 1, openedAt: -200, endedAt: -190 })
      .exchange('silent-connection', { connection: 2, openedAt: -200, endedAt: null })
      .exchange('kept-after-answer', { connection: 3, endedAt: 300 })
      .signal();
    [closedAt.idle, closedAt.silent, closedAt.kept].forEach((at, index) => {
      if (at !== undefined) story.closed(index + 1, 'fin', at);
    });
    return story;
  }

  /** The grace period is over; clients leave, and what is left is killed. */
  const graceOver = (story: Story) => story.event(30_000, { type: 'grace-over', alive: [] });
  const killed = (story: Story, at: number) => story.event(at, { type: 'killed', pids: [] }).exit(at, UNSEEN);

  it('passes when it was gone soon after the last other client', () => {
    const verdict = judge(together().exit(2499, UNSEEN));
    expect(verdict).toMatchObject({ status: 'pass', observed: 'gone after 2.5 s, 2 s after the last other client' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes when it was gone with the last other client', () =>
    expect(judge(together().exit(500, UNSEEN)).observed).toBe('gone after 500 ms, 0 ms after the last other client'));

  it('passes after a longer time when it had closed them all before', () =>
    expect(judge(together({ idle: 10, silent: 10, kept: 2249 }).exit(2500, UNSEEN)).status).toBe('pass'));

  it('warns when they were open until two seconds after the last other client', () => {
    const verdict = judge(together({ idle: 10, silent: 2500, kept: 320 }).exit(2500, UNSEEN));
    expect(verdict).toMatchObject({
      status: 'warn',
      because:
        'a delay of 2 s; last to be closed: a connection that had sent nothing. What else it may have waited for cannot be told in one life',
    });
  });

  it('does not take what ended with the target for a client that it waited for', () =>
    expect(
      judge(
        together({ idle: 10, silent: 5600, kept: 320 })
          .exchange('stream', { endedAt: 5601, ending: 'reset' })
          .exit(5600, UNSEEN),
      ).because,
    ).toContain('a delay of 5.1 s'));

  it('does not apply where none was in place', () => {
    const story = new Story(processPlan()).taken('process').exchange('slow-response').signal();
    expect(judge(story.exit(600, UNSEEN))).toMatchObject({
      status: 'skip',
      because: 'no idle connection was in place',
    });
  });

  describe('when it was killed', () => {
    it('fails when it ended once the idle ones had left', () => {
      const story = graceOver(together()).left(30_010, ['idle-connection', 'silent-connection'], true);
      const verdict = judge(killed(story.closed(1, 'tester', 30_011).closed(2, 'tester', 30_011), 30_100));
      expect(verdict).toMatchObject({
        status: 'fail',
        observed:
          'still running at the end of the grace period with idle keep-alive connections, a connection that had sent nothing and the connection of the last answer, kept by its client open, and gone as soon as they were closed',
      });
      expect(verdict.evidence).toHaveLength(2);
    });

    it('fails when it ended only after others had left before them', () => {
      const story = graceOver(together({ kept: 320 }))
        .left(30_010, ['stream'], false)
        .left(31_010, ['idle-connection'], true);
      const verdict = judge(killed(story, 31_100));
      expect(verdict.status).toBe('fail');
      expect(verdict.observed).toContain(
        'with idle keep-alive connections and a connection that had sent nothing open',
      );
      expect(verdict.evidence).toHaveLength(3);
    });

    it('passes when it ended once others had left, with the idle ones open', () => {
      const verdict = judge(killed(graceOver(together()).left(30_010, ['stream', 'quiet-websocket'], true), 30_100));
      expect(verdict).toMatchObject({
        status: 'pass',
        observed: 'it ended with idle connections open, once other clients had left',
      });
      expect(verdict.evidence).toHaveLength(2);
    });

    it.each([
      ['nobody had left', () => graceOver(together())],
      [
        'all had left',
        () => graceOver(together()).left(30_010, ['stream'], false).left(31_010, ['idle-connection'], false),
      ],
    ])('does not apply when it did not end either when %s', (_, story) =>
      expect(judge(killed(story(), 32_100))).toMatchObject({
        status: 'skip',
        because: 'it did not exit when its clients had left either; see exits-in-time',
      }),
    );

    it('does not apply when it had closed them all', () =>
      expect(judge(killed(graceOver(together({ idle: 10, silent: 10, kept: 320 })), 30_010))).toMatchObject({
        status: 'skip',
        because: 'it closed every idle connection, and did not exit all the same; see exits-in-time',
      }));
  });

  it('is inconclusive when the end was not seen', () =>
    expect(judge(together().event(600, { type: 'life-ended', complete: true }))).toMatchObject({
      status: 'inconclusive',
      because: 'the recording ends before the target did',
    }));

  it('compares with no drain where that was not chosen', () => {
    const story = new Story(processPlan({ scenarios: ['idle', 'together'] })).taken('process');
    const idleOnly = story.exchange('silent-connection', { connection: 2, openedAt: -200, endedAt: null }).signal();
    expect(judge(idleOnly.exit(600, UNSEEN))).toMatchObject({
      status: 'pass',
      observed: expect.stringContaining('last answer') as string,
    });
  });

  it('is judged in a life of its own where an image is run for each', () => {
    const plan = examplePlan({ ...processPlan(), scenarios: ['drain', 'idle'] });
    const story = new Story(plan).taken('container', 'drain').exchange('slow-response').signal().exit(600);
    story.taken('container', 'idle').exchange('silent-connection', { connection: 2, endedAt: null });
    expect(judge(story.signal().exit(700)).observed).toBe('gone after 700 ms, 600 ms without');
  });
});
