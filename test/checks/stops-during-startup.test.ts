import { describe, expect, it } from 'vitest';
import { stopsDuringStartup } from '../../src/checks/stops-during-startup.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => stopsDuringStartup.judge(story.facts(), story.plan);
const BY_SIGNAL = { code: null, signal: 'SIGTERM' };
const starting = (story: Story, afterMs: number, ready = false) => story.life('startup').starting(afterMs, ready);

describe('stops-during-startup', () => {
  it('passes when it was gone each time, however it died', () => {
    const early = starting(new Story(), 200).exit(3, BY_SIGNAL);
    const verdict = judge(starting(starting(early, 601).exit(12), 900).exit(8, { code: 1 }));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'startup',
      observed: 'gone at most 12 ms after the signal, at 20 %, 60 % and 90 % of its start',
    });
    expect(verdict.evidence).toHaveLength(6);
  });

  it('fails when it was killed once, and says when', () => {
    const verdict = judge(starting(starting(new Story(), 200).exit(3, BY_SIGNAL), 600).killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      scenario: 'startup',
      observed: 'still running at the end of the grace period when it was signalled at 60 % of its start',
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('fails when only a drain that ends is there to compare with', () => {
    expect(judge(starting(new Story().life().signal().exit(600), 200).killed(30_000)).status).toBe('fail');
  });

  it.each([
    ['passes', 1000, 'pass'],
    ['fails', 1001, 'fail'],
  ] as const)('%s when it took %i ms of a grace period of a second', (_, after, status) => {
    expect(judge(starting(new Story(examplePlan({ gracePeriodMs: 1000 })), 200).exit(after)).status).toBe(status);
  });

  it('waits for the whole process tree', () => {
    const story = starting(new Story(), 200).event(900, { type: 'process-gone', pid: 200, command: 'worker' });
    expect(judge(story.exit(3)).observed).toContain('gone at most 900 ms');
  });

  it('does not count a start that was over before the signal', () => {
    const ready = starting(new Story(), 900, true).killed(30_000);
    expect(judge(starting(ready, 200).exit(3)).observed).toBe(
      'gone at most 3 ms after the signal, at 20 % of its start',
    );
    expect(judge(starting(new Story(), 900, true).exit(3))).toMatchObject({
      status: 'inconclusive',
      because: 'it was ready before it could be signalled',
    });
  });

  it('does not apply when it never ends by the signal', () => {
    const endless = () => new Story().life().signal().killed(30_000);
    expect(judge(starting(endless(), 200).killed(30_000))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('exits-in-time') as string,
    });
    expect(judge(starting(endless(), 200).exit(3)).status).toBe('pass');
  });

  it('does without knowing the usual time', () => {
    const story = new Story().life('startup').signal().exit(3);
    expect(judge(story).observed).toBe('gone at most 3 ms after the signal, during its start');
  });

  it('does not apply when it was left out, and is inconclusive when it is missing', () => {
    const left = new Story().event(0, { type: 'scenario-skipped', scenario: 'startup', reason: 'left out' });
    expect(judge(left).status).toBe('skip');
    expect(judge(new Story().life().signal().exit(600)).status).toBe('inconclusive');
  });
});
