import { describe, expect, it } from 'vitest';
import type { Plan, ScenarioId } from '../../../src/plan/types.js';
import { containerPlan, examplePlan, processPlan, urlPlan } from '../../support/plan.js';
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

describe('the one life of a target that runs already', () => {
  const together = (plan: Plan) => {
    const kind = plan.target.kind === 'command' || plan.target.kind === 'manifest' ? 'process' : plan.target.kind;
    return new Story(plan).taken(kind).signal().exit(600).facts();
  };
  const answered = (plan: Plan) => Object.keys(together(plan).played).sort();

  it('answers for every scenario that it stands for', () => {
    expect(answered(processPlan())).toEqual(['drain', 'idle', 'streams', 'together']);
    expect(answered(urlPlan())).toEqual(['drain', 'idle', 'streams', 'together']);
    expect(new Set(Object.values(together(processPlan()).played)).size).toBe(1);
  });

  it.each<[ScenarioId[], ScenarioId[]]>([
    [
      ['drain', 'together'],
      ['drain', 'together'],
    ],
    [
      ['idle', 'streams', 'together'],
      ['idle', 'streams', 'together'],
    ],
    [['stuck', 'pid-1', 'together'], ['together']],
  ])('answers of %j for %j', (scenarios, ids) => expect(answered(processPlan({ scenarios }))).toEqual(ids));

  it('is one as PID 1 in a container, where it has what the drain has', () => {
    expect(answered(containerPlan())).toEqual(['drain', 'idle', 'pid-1', 'streams', 'together']);
    expect(answered(containerPlan({ scenarios: ['idle', 'together'] }))).toEqual(['idle', 'together']);
  });

  it('leaves nothing unfinished that it answered', () => {
    const scenarios: ScenarioId[] = ['drain', 'idle', 'stuck', 'together'];
    expect(together(processPlan({ scenarios })).unfinished).toEqual(['stuck']);
  });

  it('answers for nothing when it was not followed to its end', () => {
    const story = new Story(processPlan()).taken('process').signal();
    expect(story.facts().played).toEqual({});
    expect(story.facts().unfinished).toEqual(['drain', 'idle', 'streams', 'together']);
  });

  it('is judged by the plan that it was played under', () => {
    const story = new Story(processPlan({ scenarios: ['drain', 'together'] })).taken('process').signal().exit(600);
    expect(Object.keys(story.facts(processPlan()).played).sort()).toEqual(['drain', 'together']);
  });
});

describe('an image that is run for each life', () => {
  const lives = (...ids: ScenarioId[]) =>
    ids.reduce((story, id) => story.taken('container', id).stop().exit(600), new Story(containerPlan())).facts();

  it('dies as PID 1 in every drain', () => {
    const { played } = lives('drain', 'idle');
    expect(played['pid-1']).toBe(played.drain);
    expect(played.idle).not.toBe(played.drain);
    expect(lives('idle').played['pid-1']).toBeUndefined();
  });

  it('does so in no other kind of target', () =>
    expect(new Story().life().signal().exit(600).facts().played['pid-1']).toBeUndefined());
});
