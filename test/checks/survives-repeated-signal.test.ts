import { describe, expect, it } from 'vitest';
import { survivesRepeatedSignal } from '../../src/checks/survives-repeated-signal.js';
import { examplePlan, workerPlan } from '../support/plan.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => survivesRepeatedSignal.judge(story.facts(), story.plan);
/** One signal does no harm. */
const drained = () => new Story().life().exchange('slow-response').signal().exit(600);
/** The signal twice, 100 ms apart, with a request in flight. */
const twice = (work: ExchangeStory = {}, story = drained()) =>
  story.life('repeat-signal').exchange('slow-response', work).signal().signalAgain();

describe('survives-repeated-signal', () => {
  it('passes when the work in flight was finished', () => {
    const verdict = judge(twice().exit(600));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'repeat-signal', observed: '1 of 1' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes without a drain to compare with', () => {
    expect(judge(twice({}, new Story()).exit(600)).status).toBe('pass');
  });

  it.each(['reset', 'closed', 'short'] as const)('fails when the second signal left it %s', (ending) => {
    const verdict = judge(twice({ ending, endedAt: 103 }).exit(103, { code: null, signal: 'SIGTERM' }));
    expect(verdict).toMatchObject({ status: 'fail', scenario: 'repeat-signal' });
    expect(verdict.observed).toMatch(/^1 .*, the first 3 ms after the second signal$/);
    expect(verdict.evidence).toHaveLength(2);
  });

  it('counts only what was in flight at the second signal', () => {
    const story = drained().life('repeat-signal').exchange('slow-response', { endedAt: 50, ending: 'reset' });
    expect(judge(story.exchange('slow-response').signal().signalAgain().exit(600))).toMatchObject({
      status: 'pass',
      observed: '1 of 1',
    });
  });

  it('does not apply when one signal loses work as well', () => {
    const losing = () => new Story().life().exchange('slow-response', { ending: 'reset' }).signal().exit(600);
    expect(judge(twice({ ending: 'reset', endedAt: 103 }, losing()).exit(103))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('finishes-requests') as string,
    });
    expect(judge(twice({}, losing()).exit(600)).status).toBe('pass');
  });

  it('is inconclusive about a loss when the death with one signal was not played', () => {
    expect(judge(twice({ ending: 'reset', endedAt: 103 }, new Story()).exit(103))).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('drain') as string,
    });
  });

  it('does not apply when it was gone before the second signal', () => {
    const story = drained().life('repeat-signal').exchange('slow-response', { ending: 'reset', endedAt: 3 }).signal();
    expect(judge(story.exit(3))).toMatchObject({
      status: 'skip',
      because: 'it was gone before the second signal',
    });
    expect(judge(twice({ ending: 'reset', endedAt: 3 }).exit(99.9)).status).toBe('skip');
  });

  it('is inconclusive when the work was over before the second signal', () => {
    expect(judge(twice({ endedAt: 90 }).exit(600))).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('--slow') as string,
    });
  });

  it('is inconclusive when nothing could be held', () => {
    expect(judge(drained().life('repeat-signal').signal().signalAgain().exit(600))).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('nothing could be held in flight') as string,
    });
    expect(judge(twice({ armed: false, notArmed: 'the target has not read it' }).exit(600)).because).toBe(
      'nothing was in flight: the target has not read it',
    );
  });

  it('is inconclusive when the answers cannot be told from normal ones', () => {
    expect(judge(twice({ status: 500 }).exit(600)).status).toBe('inconclusive');
    expect(judge(twice({ ending: 'ended-by-tester', endedAt: 1600 }).exit(600)).status).toBe('inconclusive');
  });

  describe('when the work was lost at SIGKILL', () => {
    const cut: ExchangeStory = { ending: 'reset', endedAt: 30_001 };

    it('fails when one signal ends it', () => {
      expect(judge(twice(cut).killed(30_000))).toMatchObject({
        status: 'fail',
        observed: '1 reset, the first at SIGKILL',
      });
    });

    it('does not apply when one signal does not end it either', () => {
      const endless = new Story().life().exchange('slow-response').signal().killed(30_000);
      expect(judge(twice(cut, endless).killed(30_000))).toMatchObject({
        status: 'skip',
        because: expect.stringContaining('exits-in-time') as string,
      });
    });
  });

  it('does not apply when the scenario was left out', () => {
    const story = new Story(examplePlan()).event(0, {
      type: 'scenario-skipped',
      scenario: 'repeat-signal',
      reason: 'it was left out by --only or --skip',
    });
    expect(judge(story)).toMatchObject({ status: 'skip', because: expect.stringContaining('left out') as string });
  });
});

describe('survives-repeated-signal of a queue worker', () => {
  const drained = () => new Story(workerPlan()).worker().signal().task('1', -100, 300).exit(320);
  const twice = (story: Story) => story.worker('repeat-signal').signal().signalAgain();

  it('passes when the job in hand was finished all the same', () => {
    expect(judge(twice(drained()).task('7', -100, 300).exit(320)).status).toBe('pass');
  });

  it('fails when the second signal cut it', () => {
    expect(judge(twice(drained()).task('7', -100, null).exit(103, { code: 1 }))).toMatchObject({
      status: 'fail',
      observed: 'the worker ended (exit code 1) 3 ms after the second signal with job 7 not done',
    });
  });

  it('is not checked when one signal cuts it as well', () => {
    const cut = new Story(workerPlan()).worker().signal().task('1', -100, null).exit(5);
    expect(judge(twice(cut).task('7', -100, null).exit(103)).status).toBe('skip');
  });

  it('cannot tell when the job was done before the second signal', () => {
    expect(judge(twice(drained()).task('7', -100, 90).exit(320)).status).toBe('inconclusive');
  });
});
