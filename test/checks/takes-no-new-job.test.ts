import { describe, expect, it } from 'vitest';
import { takesNoNewJob } from '../../src/checks/takes-no-new-job.js';
import { workerPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => takesNoNewJob.judge(story.facts(), story.plan);
const life = () => new Story(workerPlan()).worker().signal();

describe('takes-no-new-job', () => {
  it('passes when none was taken although one was waiting', () => {
    expect(judge(life().task('7', -100, 300).exit(320).next(['8']))).toMatchObject({
      status: 'pass',
      observed: 'none, and job 8 was waiting',
      because: null,
    });
  });

  it('cannot tell when nothing was waiting', () => {
    expect(judge(life().task('7', -100, 300).exit(320).next([])).status).toBe('inconclusive');
    expect(judge(life().task('7', -100, 300).exit(320)).status).toBe('inconclusive');
  });

  it('fails when another was begun, finished or not', () => {
    const finished = life().task('7', -100, 300).task('8', 310, 600).exit(620).next(['9']);
    expect(judge(finished)).toMatchObject({
      status: 'fail',
      observed: '1 job begun after the signal (job 8), the first 310 ms after it, all of them finished',
    });
    const cut = life().task('7', -100, 300).task('8', 310, null).killed(3000).next(['9']);
    expect(judge(cut)).toMatchObject({
      status: 'fail',
      observed: expect.stringContaining('1 of them not finished') as string,
    });
  });

  it('fails when a job is begun again that was done', () => {
    expect(judge(life().task('7', -100, 300).task('7', 310, 600).exit(620)).status).toBe('fail');
  });

  it('notes what crossed with the signal', () => {
    const story = life().task('7', -100, 300).task('8', 10, 300).exit(320).next(['9']);
    expect(judge(story)).toMatchObject({
      status: 'pass',
      because: expect.stringContaining('crossed with the signal') as string,
    });
  });

  it('does not decide between a crossing and a new job', () => {
    expect(judge(life().task('7', -100, 300).task('8', 60, 300).exit(320).next(['9'])).status).toBe('inconclusive');
  });

  it('lets the moment count in which a job was last not seen', () => {
    const late = life().task('7', -100, 500).task('8', 400, 500, 390).exit(520).next(['9']);
    expect(judge(late).status).toBe('inconclusive');
  });

  it('is not checked when it ended with its job in hand', () => {
    expect(judge(life().task('7', -100, null).exit(5).next(['7', '8'])).status).toBe('skip');
  });

  it('cannot tell when the job lasted until it was killed', () => {
    expect(judge(life().task('7', -100, null).killed(3000).next(['8'])).status).toBe('inconclusive');
  });
});
