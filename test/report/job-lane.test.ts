import { describe, expect, it } from 'vitest';
import { jobLane } from '../../src/report/job-lane.js';
import { backendsPlan, JOBS } from '../support/plan.js';
import { firstLife, Story } from '../support/story.js';

const life = () => new Story(backendsPlan({ jobs: JOBS })).life('jobs').signal();
const lane = (story: Story) => jobLane(firstLife(story), story.facts(), -10, 600);

describe('the lane of jobs', () => {
  it('goes to the last that was done', () => {
    expect(
      lane(
        life()
          .job(-100, { doneAt: [300] })
          .job(-90, { doneAt: [400] })
          .exit(600),
      ),
    ).toEqual({
      label: 'jobs ×2',
      outcome: '2 done',
      wrong: false,
      spans: [{ fromMs: -10, toMs: 400, state: 'busy' }],
      points: [{ atMs: 400, state: 'served' }],
    });
  });

  it('says how many were not seen done', () => {
    expect(
      lane(
        life()
          .job(-100, { doneAt: [300] })
          .job(-90)
          .exit(600),
      ),
    ).toMatchObject({
      outcome: '1 of 2 not seen done',
      wrong: true,
      points: [{ atMs: 600, state: 'lost' }],
    });
  });

  it('is not there without jobs', () => {
    expect(lane(life().job(-100, { status: 503 }).exit(600))).toBeNull();
    expect(jobLane(firstLife(new Story().life().signal()), new Story().life().signal().facts(), -10, 600)).toBeNull();
  });
});
