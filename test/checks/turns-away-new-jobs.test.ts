import { describe, expect, it } from 'vitest';
import { turnsAwayNewJobs } from '../../src/checks/turns-away-new-jobs.js';
import { backendsPlan, JOBS } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => turnsAwayNewJobs.judge(story.facts(), story.plan);
const life = () => new Story(backendsPlan({ jobs: JOBS })).life('jobs').signal();
const polled = () =>
  new Story(backendsPlan({ jobs: { ...JOBS, done: [{ by: 'poll', path: '/{{id}}', text: null }] } }))
    .life('jobs')
    .signal();

describe('turns-away-new-jobs', () => {
  it('passes when each was turned away, or finished', () => {
    const story = life()
      .job(-100)
      .job(100, { status: 503 })
      .job(200, { status: null })
      .job(150, { doneAt: [500] });
    expect(judge(story.exit(600))).toMatchObject({
      status: 'pass',
      observed: '1 done, 1 rejected, 1 refused of 3 jobs submitted after the signal',
    });
  });

  it('fails when one was accepted and lost', () => {
    const verdict = judge(life().job(100).job(200, { status: 503 }).exit(600));
    expect(verdict).toMatchObject({ status: 'fail' });
    expect(verdict.observed).toMatch(/^1 not seen done, 1 rejected of 2 jobs/);
  });

  it('cannot tell by polling alone', () => {
    expect(judge(polled().job(100).exit(600)).status).toBe('inconclusive');
  });

  it('is not checked when there was no time to submit one', () => {
    expect(judge(life().job(-100).job(0).exit(50)).status).toBe('skip');
  });
});
