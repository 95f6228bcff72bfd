import { describe, expect, it } from 'vitest';
import { finishesAcceptedJobs } from '../../src/checks/finishes-accepted-jobs.js';
import type { JobsPlan } from '../../src/plan/backends.js';
import { backendsPlan, JOBS } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => finishesAcceptedJobs.judge(story.facts(), story.plan);
const life = (changes: Partial<JobsPlan> = {}) =>
  new Story(backendsPlan({ jobs: { ...JOBS, ...changes } })).life('jobs').signal();
const poll = { done: [{ by: 'poll', path: '/tasks/{{id}}', text: null }] } satisfies Partial<JobsPlan>;
const later = (job: number) => ({ type: 'job-done', job, by: 'websocket', watcher: 0 }) as const;
const asked = (job: number, status: number | null) => ({ type: 'job-looked-for', job, status }) as const;

describe('finishes-accepted-jobs', () => {
  it('passes when all were seen done, and accounts for each', () => {
    expect(
      judge(
        life()
          .job(-200, { doneAt: [-50] })
          .job(-100, { doneAt: [400] })
          .job(0, { doneAt: [500] })
          .exit(600),
      ),
    ).toMatchObject({
      status: 'pass',
      observed: '3 done of 3 accepted jobs, 2 of them under way at the signal',
    });
  });

  it('fails when somebody was there to be told and was not', () => {
    const verdict = judge(
      life()
        .job(-100)
        .job(-90, { doneAt: [100] })
        .exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      observed:
        '1 done, 1 not seen done of 2 accepted jobs, 2 of them under way at the signal: nobody who was connected was told',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when those who were to be told had been sent away', () => {
    const story = life().job(-100).event(20, { type: 'job-watch-ended', watcher: 0, code: 1001 });
    expect(judge(story.exit(600)).observed).toMatch(/had been sent away 20 ms after the signal/);
  });

  it('takes it that they were told to the end when they were sent away at the end', () => {
    const story = life().job(-100).event(590, { type: 'job-watch-ended', watcher: 0, code: 1001 });
    expect(judge(story.exit(600)).observed).toMatch(/nobody who was connected was told/);
  });

  it('counts what the next life does', () => {
    expect(judge(life({ restart: true }).job(-100).exit(600).nextLife(later(0)))).toMatchObject({
      status: 'pass',
      observed: '1 done by the next life of 1 accepted job, 1 of them under way at the signal',
    });
  });

  it('cannot tell by polling alone, which ends with the listener', () => {
    expect(judge(life(poll).job(-100).exit(600)).status).toBe('inconclusive');
  });

  it('fails when the next life knows it and does not finish it, and cannot tell when it does not know it', () => {
    const restarted = () =>
      life({ ...poll, restart: true })
        .job(-100)
        .exit(600);
    expect(judge(restarted().nextLife(asked(0, 200))).observed).toMatch(/knows them and does not finish them/);
    expect(judge(restarted().nextLife(asked(0, 404))).status).toBe('inconclusive');
    expect(judge(restarted().nextLife(asked(0, null))).status).toBe('inconclusive');
  });

  it('minds a job that is done twice only where it must not be', () => {
    const twice = (changes: Partial<JobsPlan>) =>
      judge(
        life(changes)
          .job(-100, { doneAt: [100, 200] })
          .exit(600),
      );
    expect(twice({}).status).toBe('pass');
    expect(twice({ once: true })).toMatchObject({
      status: 'fail',
      observed: '1 of 1 accepted job done more than once',
    });
    const again = life({ once: true, restart: true })
      .job(-100, { doneAt: [100] })
      .exit(600)
      .nextLife(later(0));
    expect(judge(again).status).toBe('fail');
  });

  it('does not take two who are told for twice', () => {
    const story = life({ once: true })
      .job(-100, { doneAt: [100] })
      .event(100, { type: 'job-done', job: 0, by: 'websocket', watcher: 1 });
    expect(judge(story.exit(600)).status).toBe('pass');
  });

  it('proves nothing when all were done before, or none was accepted', () => {
    expect(
      judge(
        life()
          .job(-200, { doneAt: [-50] })
          .exit(600),
      ).because,
    ).toMatch(/done before the signal/);
    expect(judge(life().job(-200, { status: 503 }).exit(600)).because).toBe('no job was accepted before the signal');
  });

  it('leaves those of after the signal to another check', () => {
    expect(
      judge(
        life()
          .job(-100, { doneAt: [100] })
          .job(200)
          .exit(600),
      ).status,
    ).toBe('pass');
  });
});
