import { describe, expect, it } from 'vitest';
import { examplePlan } from '../../support/plan.js';
import { Story } from '../../support/story.js';

const drained = (plan = examplePlan()) => new Story(plan).life().signal().exit(600);

describe('what is unfinished', () => {
  it('is every scenario of the plan that was not begun', () => {
    expect(new Story().facts().unfinished).toEqual(['drain', 'idle']);
    expect(drained().facts().unfinished).toEqual(['idle']);
  });

  it('is a scenario that was not signalled, or not followed to its end', () => {
    expect(drained().life('idle').facts().unfinished).toEqual(['idle']);
    expect(drained().life('idle').signal().facts().unfinished).toEqual(['idle']);
    expect(
      drained().life('idle').signal().event(600, { type: 'life-ended', complete: false }).facts().unfinished,
    ).toEqual(['idle']);
  });

  it('is nothing that was played, skipped or not in the plan', () => {
    expect(drained().life('idle').signal().exit(600).facts().unfinished).toEqual([]);
    expect(
      drained().event(700, { type: 'scenario-skipped', scenario: 'idle', reason: 'left out' }).facts().unfinished,
    ).toEqual([]);
    expect(drained(examplePlan({ scenarios: ['drain'] })).facts().unfinished).toEqual([]);
  });

  it('follows the plan of the recording, not the one it is judged under', () => {
    expect(drained(examplePlan({ scenarios: ['drain'] })).facts(examplePlan()).unfinished).toEqual([]);
  });

  it('is a scenario that has only a baseline', () => {
    expect(drained().life('idle', { purpose: 'baseline' }).signal().exit(600).facts().unfinished).toEqual(['idle']);
  });
});
