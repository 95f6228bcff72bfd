import { describe, expect, it } from 'vitest';
import { exitsInTime } from '../../src/checks/exits-in-time.js';
import { examplePlan, processPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => exitsInTime.judge(story.facts(), story.plan);
const DRAIN = examplePlan({ scenarios: ['drain'] });

describe('exits-in-time', () => {
  it('passes when every life ended by itself, and names the slowest', () => {
    const verdict = judge(new Story().life().signal().exit(600).life('idle').signal().exit(5100));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'idle', observed: 'slowest 5.1 s (idle)' });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('does not name the scenario when there was only one', () => {
    expect(judge(new Story(DRAIN).life().signal().exit(600)).observed).toBe('slowest 600 ms');
  });

  it('fails when SIGKILL was needed, and says for whom and with what open', () => {
    const verdict = judge(
      new Story()
        .life()
        .exchange('slow-response', { ending: 'reset', endedAt: 30_002 })
        .exchange('slow-response')
        .signal()
        .killed(30_000),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      scenario: 'drain',
      expected: 'every process gone within 30 s of the signal, without SIGKILL',
      observed: 'SIGKILL was needed in drain for pid 100 (node server.js), with 1 connection of ours open',
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('says so when none of our connections was open', () => {
    expect(judge(new Story().life().exchange('slow-response').signal().killed(30_000)).observed).toContain(
      'with no connection of ours open',
    );
  });

  it('counts connections, not what was asked on them', () => {
    const story = new Story()
      .life('idle')
      .exchange('idle-connection', { connection: 1, openedAt: -200, endedAt: -190 })
      .exchange('idle-connection', { connection: 1, openedAt: -20, endedAt: -19 });
    story
      .exchange('silent-connection', { connection: 2, endedAt: null })
      .exchange('kept-after-answer', { connection: 3 })
      .signal();
    expect(judge(story.closed(3, 'fin', 520).closed(1, 'rst', 30_001).killed(30_000)).observed).toContain(
      'with 2 connections of ours open',
    );
  });

  it('fails when only one of the lives had to be killed', () => {
    const verdict = judge(
      new Story()
        .life()
        .signal()
        .exit(600)
        .life('idle')
        .exchange('silent-connection', { ending: 'reset', endedAt: 30_002 })
        .signal()
        .killed(30_000),
    );
    expect(verdict).toMatchObject({ status: 'fail', scenario: 'idle' });
    expect(verdict.observed).not.toContain('drain');
  });

  it.each([
    ['fails', 1001, 'fail'],
    ['passes', 999, 'pass'],
  ] as const)('%s when judged again under a grace period of a second and it took %i ms', (_, after, status) => {
    expect(
      judge(new Story(examplePlan({ scenarios: ['drain'], gracePeriodMs: 1000 })).life().signal().exit(after)).status,
    ).toBe(status);
  });

  it('waits for the whole process tree', () => {
    const story = new Story(examplePlan({ gracePeriodMs: 1000 }))
      .life()
      .signal()
      .event(1500, { type: 'process-gone', pid: 200, command: 'worker' })
      .exit(600);
    expect(judge(story)).toMatchObject({ status: 'fail', observed: 'it took 1.5 s in drain' });
  });

  it.each(['streams', 'stuck', 'repeat-signal'] as const)('judges the scenario %s', (scenario) => {
    expect(judge(new Story(DRAIN).life().signal().exit(600).life(scenario).signal().killed(30_000))).toMatchObject({
      status: 'fail',
      scenario,
    });
  });

  it.each(['interrupt', 'startup', 'pid-1'] as const)('leaves the scenario %s to its own check', (scenario) => {
    const plan = examplePlan({ scenarios: ['drain', scenario] });
    expect(judge(new Story(plan).life().signal().exit(600).life(scenario).signal().killed(30_000)).status).toBe('pass');
    expect(judge(new Story(plan).life().signal().exit(600)).status).toBe('pass');
  });

  it('names the kinds of work that held the exit alone', () => {
    const story = new Story(DRAIN).life().signal().exit(600).life('stuck').signal().killed(30_000);
    story.life('stuck', { purpose: 'isolation', alone: 'stuck-upload' }).signal().killed(30_000);
    story.life('stuck', { purpose: 'isolation', alone: 'stuck-stream' }).signal().exit(600);
    story.life('stuck', { purpose: 'isolation', alone: 'stuck-websocket' }).signal().killed(30_000);
    expect(judge(story).observed).toMatch(
      /^SIGKILL was needed in stuck .*; held by an upload that never ends and a WebSocket that does not answer$/,
    );
  });

  it('counts what was open when the grace period was over, not when it was killed', () => {
    const story = new Story(DRAIN)
      .life('drain', { owner: 200 })
      .exchange('slow-response', { endedAt: 30_100 })
      .signal();
    story
      .event(30_000, { type: 'grace-over', alive: [] })
      .follow(30_050, 200)
      .event(31_600, { type: 'killed', pids: [] });
    expect(judge(story.exit(31_600, { code: null, signal: 'SIGKILL' })).observed).toContain('with 1 connection');
  });

  it('does not count a baseline', () => {
    expect(
      judge(new Story(DRAIN).life().signal().exit(600).life('drain', { purpose: 'baseline' }).killed(30_000)).status,
    ).toBe('pass');
  });

  describe('when a scenario of the plan was not played to its end', () => {
    it('is inconclusive', () => {
      const verdict = judge(new Story().life().signal().exit(600).life('idle').signal());
      expect(verdict).toMatchObject({
        status: 'inconclusive',
        because: 'the recording does not hold the scenario idle to its end',
      });
    });

    it('passes when it was left out', () => {
      expect(
        judge(
          new Story()
            .life()
            .signal()
            .exit(600)
            .event(700, { type: 'scenario-skipped', scenario: 'idle', reason: 'left out' }),
        ).status,
      ).toBe('pass');
    });

    it('fails all the same', () => {
      expect(judge(new Story().life().signal().killed(30_000)).status).toBe('fail');
    });
  });

  it('is inconclusive without an end, and when nothing was played', () => {
    expect(judge(new Story().life().signal()).status).toBe('inconclusive');
    expect(judge(new Story().life()).status).toBe('inconclusive');
  });
});

describe('exits-in-time, with everything in place at once', () => {
  const taken = () => new Story(processPlan()).taken('process').exchange('slow-response').signal();

  it('tells of the one life once, though it answers several questions', () => {
    const verdict = judge(taken().exit(600, { code: null }));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'together', observed: 'slowest 600 ms' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('names it once when it was killed', () => {
    const verdict = judge(taken().killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      scenario: 'together',
      observed: 'SIGKILL was needed in together for pid 100 (node server.js), with no connection of ours open',
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('is killed, too, when it ended only because its clients had left', () => {
    const story = taken().exchange('stream', { ending: 'ended-by-tester', endedAt: 30_011 });
    story.event(30_000, { type: 'grace-over', alive: [] }).left(30_010, ['stream'], true);
    expect(judge(story.event(30_100, { type: 'killed', pids: [] }).exit(30_050, { code: null }))).toMatchObject({
      status: 'fail',
      observed: 'SIGKILL was needed in together for the target, with 1 connection of ours open',
    });
  });
});
