import { describe, expect, it } from 'vitest';
import { livenessIgnoresDependencies } from '../../src/checks/liveness-ignores-dependencies.js';
import { backendsPlan, POSTGRES } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => livenessIgnoresDependencies.judge(story.facts(), story.plan);
/** The database is cut off at 0. */
const life = (sureness: 'specific' | 'generic' = 'specific') =>
  new Story(backendsPlan({ databases: [POSTGRES] }))
    .life('dependency-down')
    .endpoint('liveness', '/live', { sureness })
    .database(0, { by: 'cut', how: 'rst', goodbye: false });
const cut = (story: Story) => story.event(0, { type: 'database-cut', variable: 'DATABASE_URL', open: 1 });
const end = (story: Story) => story.event(3010, { type: 'life-ended', complete: true });

describe('liveness-ignores-dependencies', () => {
  it('passes when liveness answered on', () => {
    expect(judge(end(cut(life()).probes('liveness', 200, -500, 3000)))).toMatchObject({
      status: 'pass',
      scenario: 'dependency-down',
      observed: '/live answered well for 3 s without it',
    });
  });

  it('fails when it answered with an error', () => {
    const story = end(cut(life()).probes('liveness', 200, -500, 90).probes('liveness', 500, 100, 3000));
    expect(judge(story)).toMatchObject({ status: 'fail', observed: '/live answered 500 102 ms after it was cut off' });
  });

  it('fails when it hung', () => {
    const story = end(cut(life()).probes('liveness', 200, -500, 90).probes('liveness', 'timed-out', 1100, 1100));
    expect(judge(story).observed).toMatch(/was not answered in time/);
  });

  it('fails when the process ended, and says what to do', () => {
    const story = cut(life())
      .probes('liveness', 200, -500, 90)
      .event(100, { type: 'root-exited', code: 1, signal: null });
    const verdict = judge(end(story));
    expect(verdict).toMatchObject({ status: 'fail', observed: 'the process ended 100 ms after that (exit 1)' });
    expect(verdict.cure).toMatch(/handler for errors/);
  });

  it('is not sure of an endpoint with a general name', () => {
    const story = end(cut(life('generic')).probes('liveness', 200, -500, 90).probes('liveness', 500, 100, 3000));
    expect(judge(story).status).toBe('inconclusive');
  });

  it('does not blame it for what was bad before, or for a late probe of ours', () => {
    expect(judge(end(cut(life()).probes('liveness', 503, -500, 3000))).status).toBe('inconclusive');
    const late = end(
      cut(life()).probes('liveness', 200, -500, 90).probes('liveness', 'timed-out', 1100, 1100, { maxLateMs: 900 }),
    );
    expect(judge(late).status).toBe('inconclusive');
  });

  it('is not checked where nothing could be cut off', () => {
    const story = new Story(backendsPlan({ databases: [POSTGRES] }))
      .life('dependency-down')
      .endpoint('liveness', '/live');
    expect(judge(end(cut(story).probes('liveness', 200, -500, 3000))).status).toBe('skip');
  });

  it('is not checked without a liveness endpoint', () => {
    const story = new Story(backendsPlan({ databases: [POSTGRES] })).life('dependency-down').endpoint('liveness', null);
    expect(judge(end(cut(story))).status).toBe('skip');
  });
});
