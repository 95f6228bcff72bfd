import { describe, expect, it } from 'vitest';
import { finishesRequests } from '../../src/checks/finishes-requests.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => finishesRequests.judge(story.facts(), story.plan);

describe('finishes-requests', () => {
  it('passes when all that was in flight was answered', () => {
    const verdict = judge(new Story().life().exchange('slow-response').exchange('slow-response').signal().exit(600));
    expect(verdict).toMatchObject({ status: 'pass', observed: '2 of 2', scenario: 'drain' });
    expect(verdict.evidence).not.toEqual([]);
  });

  it.each(['reset', 'closed', 'short', 'timed-out'] as const)('fails when one ended %s', (ending) => {
    const verdict = judge(
      new Story().life().exchange('slow-response').exchange('slow-response', { ending }).signal().exit(600),
    );
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain('500 ms after the signal');
  });

  it('is inconclusive when the answers came before the signal', () => {
    const verdict = judge(new Story().life().exchange('slow-response', { endedAt: -50 }).signal().exit(600));
    expect(verdict).toMatchObject({ status: 'inconclusive', because: expect.stringContaining('--slow') as string });
  });

  it('takes a server error for lost unless the baseline has it too', () => {
    const drain = () => new Story().life().exchange('slow-response', { status: 500 }).signal().exit(600);
    const baseline = (status: number) =>
      drain().life('drain', { purpose: 'baseline' }).event(0, {
        type: 'baseline-measured',
        method: 'GET',
        path: '/slow',
        status,
        bytes: 10,
        framing: 'length',
        afterMs: 600,
      });
    const rejected = new Story().life().exchange('slow-response', { ending: 'rejected' }).signal().exit(600);
    expect(judge(rejected).status).toBe('inconclusive');
    expect(judge(drain()).status).toBe('inconclusive');
    expect(judge(baseline(200)).status).toBe('fail');
    expect(judge(baseline(500)).status).toBe('pass');
  });

  it('counts withheld uploads where no slow endpoint was named', () => {
    const story = new Story(examplePlan({ slow: [] }))
      .life()
      .exchange('slow-upload', { ending: 'closed' })
      .signal()
      .exit(600);
    expect(judge(story).status).toBe('fail');
  });
});
