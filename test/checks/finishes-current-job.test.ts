import { describe, expect, it } from 'vitest';
import { finishesCurrentJob } from '../../src/checks/finishes-current-job.js';
import { workerPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => finishesCurrentJob.judge(story.facts(), story.plan);
const life = () => new Story(workerPlan()).worker().signal();

describe('finishes-current-job', () => {
  it('passes when the job in hand was finished', () => {
    expect(judge(life().task('7', -100, 300).exit(320))).toMatchObject({
      status: 'pass',
      observed: '1 of 1 job in hand finished, 300 ms after the signal',
    });
  });

  it('fails when it was cut, and says what became of it', () => {
    const cut = () => life().task('7', -100, null).exit(5, { code: null, signal: 'SIGTERM' });
    expect(judge(cut().next(['7']))).toMatchObject({
      status: 'fail',
      observed:
        'the worker ended (ended by SIGTERM) 5 ms after the signal with job 7 not done; the next life took it up again',
    });
    expect(judge(cut().next(['8'])).observed).toMatch(/the next life did not take it up again$/);
    expect(judge(cut()).observed).toMatch(/what became of it was not seen$/);
  });

  it('fails when one of several was cut', () => {
    const story = life().task('7', -100, 300).task('8', -50, null).exit(320);
    expect(judge(story)).toMatchObject({ status: 'fail' });
  });

  it('fails when it was not done at the end of the grace period', () => {
    const verdict = judge(life().task('7', -100, null).killed(3000));
    expect(verdict).toMatchObject({ status: 'fail' });
    expect(verdict.observed).toMatch(/^the worker was killed at the end of the grace period, 3 s after/);
  });

  it('claims nothing of a job that was done about when the signal came', () => {
    expect(judge(life().task('7', -100, 5).exit(20)).status).toBe('inconclusive');
    expect(judge(life().task('7', -100, -5).exit(20)).status).toBe('inconclusive');
  });

  it('cannot tell without jobs', () => {
    const story = new Story(workerPlan({ jobs: null })).worker().signal().exit(20);
    expect(judge(story)).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('--job-started') as string,
    });
  });

  it('does not count what an orphan finished', () => {
    const story = life().task('7', -100, 900).exit(20).event(1100, { type: 'outlived-root', processes: [] });
    expect(judge(story).status).toBe('inconclusive');
  });
});
