import { describe, expect, it } from 'vitest';
import { exitsCleanly } from '../../src/checks/exits-cleanly.js';
import type { SignalName } from '../../src/plan/types.js';
import { containerPlan, examplePlan, processPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => exitsCleanly.judge(story.facts(), story.plan);
const DRAIN = examplePlan({ scenarios: ['drain'] });
const ended = (code: number | null, signal: string | null, plan = DRAIN) =>
  new Story(plan).life().signal().exit(600, { code, signal });
const given = (...expectExit: number[]) => examplePlan({ scenarios: ['drain'], expectExit, expectExitGiven: true });

describe('exits-cleanly', () => {
  it('passes with 0', () => {
    expect(judge(ended(0, null))).toMatchObject({
      status: 'pass',
      scenario: 'drain',
      observed: 'exit code 0',
      because: null,
    });
  });

  it.each([
    [143, null, 'exit code 143'],
    [null, 'SIGTERM', 'ended by SIGTERM'],
  ])('passes with a note when it ended by the signal (%s, %s)', (code, signal, observed) => {
    expect(judge(ended(code, signal))).toMatchObject({
      status: 'pass',
      observed,
      because: expect.stringContaining('ending by the signal') as string,
    });
  });

  it.each([
    [1, null, 'exit code 1 in drain'],
    [130, null, 'exit code 130 in drain'],
    [null, 'SIGSEGV', 'ended by SIGSEGV in drain'],
    [null, 'SIGKILL', 'ended by SIGKILL in drain'],
  ])('fails with %s, %s', (code, signal, observed) => {
    expect(judge(ended(code, signal))).toMatchObject({
      status: 'fail',
      expected: 'exit code 0, or the signal itself after a clean drain',
      observed,
    });
  });

  it.each([
    ['SIGINT', 130, 'pass'],
    ['SIGINT', 143, 'fail'],
    ['SIGQUIT', 131, 'pass'],
  ] as const)('knows the status of %s: %i is a %s', (signal: SignalName, code, status) => {
    expect(
      judge(new Story(DRAIN).life().event(0, { type: 'signal-sent', signal, pid: 100 }).exit(600, { code })).status,
    ).toBe(status);
  });

  it('fails when one life of two ended badly, and says which', () => {
    const verdict = judge(ended(0, null).life('idle').signal().exit(600, { code: 1 }));
    expect(verdict).toMatchObject({ status: 'fail', scenario: 'idle', observed: 'exit code 1 in idle' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('has the note when only one life of two ended by the signal', () => {
    const verdict = judge(ended(0, null).life('idle').signal().exit(600, { code: null, signal: 'SIGTERM' }));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'idle',
      observed: 'ended by SIGTERM',
      because: expect.stringContaining('ending by the signal') as string,
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  describe('with --expect-exit', () => {
    it.each([
      [143, null],
      [null, 'SIGTERM'],
    ])('0 refuses %s, %s', (code, signal) => {
      expect(judge(ended(code, signal, given(0)))).toMatchObject({ status: 'fail', expected: 'exit code 0' });
    });

    it('0,3 accepts 3 and names both', () => {
      expect(judge(ended(3, null, given(0, 3))).status).toBe('pass');
      expect(judge(ended(4, null, given(0, 3))).expected).toBe('exit code 0 or 3');
    });

    it('143 accepts death by SIGTERM, which a shell shows as 143', () => {
      expect(judge(ended(null, 'SIGTERM', given(143))).status).toBe('pass');
    });
  });

  it('does not apply when it was killed', () => {
    expect(judge(new Story().life().signal().killed(30_000))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('exits-in-time') as string,
    });
  });

  it('judges the life that was not killed', () => {
    const killed = () => new Story().life().signal().killed(30_000).life('idle').signal();
    expect(judge(killed().exit(600))).toMatchObject({ status: 'pass', scenario: 'idle' });
    expect(judge(killed().exit(600, { code: 1 })).status).toBe('fail');
  });

  it.each(['stuck', 'repeat-signal', 'interrupt', 'startup', 'pid-1'] as const)(
    'does not judge the scenario %s',
    (scenario) => {
      const plan = examplePlan({ scenarios: ['drain', scenario] });
      expect(judge(ended(0, null, plan).life(scenario).signal().exit(3, { code: 1 })).status).toBe('pass');
      expect(judge(ended(0, null, plan)).status).toBe('pass');
    },
  );

  it('judges the scenario streams', () => {
    expect(judge(ended(0, null).life('streams').signal().exit(3, { code: 1 }))).toMatchObject({
      status: 'fail',
      scenario: 'streams',
    });
  });

  it('does not judge an exit that came because the signal was brought to the server at last', () => {
    const story = new Story().life('drain', { owner: 200 }).signal();
    story.event(30_000, { type: 'grace-over', alive: [] }).follow(30_050, 200);
    expect(judge(story.event(30_200, { type: 'killed', pids: [] }).exit(30_100, { code: 1 }))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('exits-in-time') as string,
    });
  });

  it('judges a process that ended by itself and left others to be killed', () => {
    const story = new Story().life().signal().event(5, { type: 'root-exited', code: 1, signal: null }).killed(30_000);
    expect(judge(story)).toMatchObject({ status: 'fail', observed: 'exit code 1 in drain' });
  });

  describe('when a scenario of the plan was not played to its end', () => {
    it('is inconclusive', () => {
      expect(judge(ended(0, null, examplePlan()))).toMatchObject({
        status: 'inconclusive',
        because: 'the recording does not hold the scenario idle to its end',
      });
    });

    it('passes when it was left out', () => {
      expect(
        judge(
          ended(0, null, examplePlan()).event(700, { type: 'scenario-skipped', scenario: 'idle', reason: 'left out' }),
        ).status,
      ).toBe('pass');
    });

    it('fails all the same', () => {
      expect(judge(ended(1, null, examplePlan())).status).toBe('fail');
    });
  });

  it('is inconclusive when nothing was played', () => {
    expect(judge(new Story().life()).status).toBe('inconclusive');
  });
});

describe('exits-cleanly, of what drain-check is no parent of', () => {
  const UNSEEN = { code: null, signal: null };

  it('does not apply to a process that runs already', () =>
    expect(judge(new Story(processPlan()).taken('process').signal().exit(600, UNSEEN))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('told to its parent alone') as string,
    }));

  it('does not apply to it either when it had to be killed', () => {
    const story = new Story(processPlan()).taken('process').signal();
    story.event(30_000, { type: 'grace-over', alive: [] }).event(30_000, { type: 'killed', pids: [100] });
    expect(judge(story.exit(30_003, UNSEEN)).because).toContain('told to its parent alone');
  });

  describe('in a container', () => {
    const plan = containerPlan({ scenarios: ['drain', 'together'] });
    const stopped = (signal: string | null, code: number) => {
      const story = new Story(plan).taken('container').stop();
      if (signal !== null) story.event(20, { type: 'container-event', action: 'kill', signal, code: null });
      return story.event(600, { type: 'container-event', action: 'die', signal: null, code }).exit(600, { code });
    };

    it.each([
      ['SIGTERM', 143],
      ['SIGQUIT', 131],
      ['SIGINT', 130],
      [null, 143],
      ['SIGQUIT', 0],
    ])('passes when it was given %s and ended with %i', (signal, code) =>
      expect(judge(stopped(signal, code))).toMatchObject({
        status: 'pass',
        scenario: 'together',
        observed: `exit code ${code}`,
      }),
    );

    it.each([
      ['SIGQUIT', 143],
      ['SIGTERM', 131],
      [null, 131],
      ['SIGTERM', 137],
    ])('fails when it was given %s and ended with %i', (signal, code) =>
      expect(judge(stopped(signal, code))).toMatchObject({
        status: 'fail',
        observed: `exit code ${code} in together`,
      }),
    );

    it('takes the first signal of several for the goodbye', () => {
      const story = stopped('SIGQUIT', 131);
      story.event(590, { type: 'container-event', action: 'kill', signal: 'SIGKILL', code: null });
      expect(judge(story).status).toBe('pass');
    });
  });
});
