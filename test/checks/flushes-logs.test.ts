import { describe, expect, it } from 'vitest';
import { flushesLogs } from '../../src/checks/flushes-logs.js';
import { backendsPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => flushesLogs.judge(story.facts(), story.plan);
const life = (line: string | null = null) =>
  new Story(backendsPlan({ logs: { line } })).life('drain').markedRequests().signal();
const output = (story: Story, when: 'before' | 'end', whole = true, seen = true) =>
  story.event(when === 'before' ? -5 : 700, { type: 'output-state', when, seen, whole });

describe('flushes-logs', () => {
  it('passes when every finished request is named', () => {
    const story = life().logged(-200, 'p1', 'p2', 'p3').logged(600, 'f1').exit(650);
    expect(judge(output(story, 'end'))).toMatchObject({
      status: 'pass',
      observed: 'it names 1 of 1 finished request, and ends in a whole line',
    });
  });

  it('fails when one is missing', () => {
    const story = life().logged(-200, 'p1', 'p2', 'p3').exit(650);
    expect(judge(output(story, 'end'))).toMatchObject({
      status: 'fail',
      observed: '1 of 1 request that were finished after the signal are not named',
    });
  });

  it('fails when it ends in the middle of a line', () => {
    expect(judge(output(life().exit(650), 'end', false)).observed).toBe('the output ends in the middle of a line');
  });

  it('lets those end so who never write whole lines', () => {
    expect(judge(output(output(life().exit(650), 'before', false), 'end', false)).status).toBe('pass');
  });

  it('demands no names of those who named none in peace', () => {
    const verdict = judge(output(life().logged(-200, 'p1').exit(650), 'end'));
    expect(verdict).toMatchObject({ status: 'pass', observed: 'it ends in a whole line' });
    expect(verdict.because).toMatch(/does not name requests/);
  });

  it('cannot prove a pattern that named none in peace', () => {
    expect(judge(output(life('done {{id}}').exit(650), 'end')).status).toBe('inconclusive');
  });

  it('is not checked of the silent and of the killed', () => {
    expect(judge(output(life().exit(650), 'end', true, false)).because).toBe('the target prints nothing');
    expect(judge(output(life().killed(30_000), 'end')).status).toBe('skip');
  });
});
