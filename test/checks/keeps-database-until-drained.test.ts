import { describe, expect, it } from 'vitest';
import { keepsDatabaseUntilDrained } from '../../src/checks/keeps-database-until-drained.js';
import { backendsPlan, POSTGRES } from '../support/plan.js';
import { SIGNAL_AT, Story } from '../support/story.js';

const judge = (story: Story) => keepsDatabaseUntilDrained.judge(story.facts(), story.plan);
const slow = [{ method: 'GET', path: '/slow', headers: [] as [string, string][], body: null }];
const life = () => new Story(backendsPlan({ databases: [POSTGRES] }, { slow })).life('drain').signal();
const asked = (at: number) => ({ lastQueryAt: SIGNAL_AT + at });
/** The slow endpoint answers 200 in peace. */
const inPeace = (story: Story) =>
  story.life('drain', { purpose: 'baseline' }).event(5000, {
    type: 'baseline-measured',
    method: 'GET',
    path: '/slow',
    status: 200,
    bytes: 10,
    framing: 'length',
    afterMs: 600,
  });

describe('keeps-database-until-drained', () => {
  it('passes when the database was asked after the signal and all was answered', () => {
    const verdict = judge(life().exchange('slow-response').database(600, asked(490)).exit(650));
    expect(verdict).toMatchObject({
      status: 'pass',
      observed: 'asked on one connection after the signal, and 1 of 1 request answered',
    });
  });

  it('passes when it was open to the last answer, and nobody asked', () => {
    const verdict = judge(life().exchange('slow-response').database(600).exit(650));
    expect(verdict).toMatchObject({ status: 'pass', because: 'no question was asked after the signal' });
  });

  it('fails when the pool went first and requests failed', () => {
    const story = life().exchange('slow-response', { status: 500 }).database(20).exit(650);
    expect(judge(inPeace(story))).toMatchObject({
      status: 'fail',
      observed: 'DATABASE_URL was closed 20 ms after the signal, and 1 of 1 request in flight failed with 500',
    });
  });

  it('does not blame the pool when the database was asked later', () => {
    const story = life().exchange('slow-response', { status: 500 }).database(20).database(640, asked(600)).exit(650);
    expect(judge(inPeace(story)).status).toBe('inconclusive');
  });

  it('does not blame the pool for connections that were cut', () => {
    const story = life().exchange('slow-response', { ending: 'reset', endedAt: 100 }).database(20).exit(110);
    expect(judge(story)).toMatchObject({ status: 'inconclusive' });
  });

  it('does not blame the pool for its end with the process', () => {
    const story = life().exchange('slow-response', { status: 500, endedAt: 640 }).database(645).exit(650);
    expect(judge(inPeace(story)).status).toBe('inconclusive');
  });

  it('is not checked when the requests had no need of it', () => {
    expect(judge(life().exchange('slow-response').database(20).exit(650)).because).toMatch(/had no need/);
  });

  it('is not checked when no connection was seen', () => {
    expect(judge(life().exchange('slow-response').exit(650)).status).toBe('skip');
  });

  it('proves nothing when nothing was in flight', () => {
    expect(judge(life().database(600).exit(650)).status).toBe('inconclusive');
  });
});
