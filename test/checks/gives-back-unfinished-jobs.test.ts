import { describe, expect, it } from 'vitest';
import { givesBackUnfinishedJobs } from '../../src/checks/gives-back-unfinished-jobs.js';
import { workerPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => givesBackUnfinishedJobs.judge(story.facts(), story.plan);
const cut = (redeliveryMs: number | null = null) =>
  new Story(workerPlan({ redeliveryMs })).worker().signal().task('7', -100, null).exit(5);

describe('gives-back-unfinished-jobs', () => {
  it('passes when the next life had it again', () => {
    expect(judge(cut().next(['7', '8']))).toMatchObject({
      status: 'pass',
      observed: 'job 7 was begun again by the next life',
    });
  });

  it('passes when the next life was only seen to finish it', () => {
    const story = cut()
      .worker('drain', 'restart')
      .task('7', null, 300)
      .event(400, { type: 'life-ended', complete: true });
    expect(judge(story).status).toBe('pass');
  });

  it('fails when it did not come back by the time it should have', () => {
    expect(judge(cut(2000).next(['8', '9']))).toMatchObject({
      status: 'fail',
      observed: expect.stringContaining('the next life had 2 others and not job 7 within') as string,
    });
  });

  it('cannot tell a loss from a job that comes back later', () => {
    expect(judge(cut().next(['8']))).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('--job-redelivery') as string,
    });
    expect(judge(cut(30_000).next(['8'])).status).toBe('inconclusive');
  });

  it('cannot tell when the worker did not come up again', () => {
    expect(judge(cut()).status).toBe('inconclusive');
    const story = cut().worker('drain', 'restart').event(400, { type: 'life-ended', complete: false });
    expect(judge(story).status).toBe('inconclusive');
  });

  it('is not checked when no job was cut', () => {
    const story = new Story(workerPlan()).worker().signal().task('7', -100, 300).exit(320).next(['8']);
    expect(judge(story).status).toBe('skip');
  });
});
