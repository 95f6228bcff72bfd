import { describe, expect, it } from 'vitest';
import { finishesRequests } from '../../src/checks/finishes-requests.js';
import { examplePlan } from '../support/plan.js';
import { Story, type ExchangeStory } from '../support/story.js';

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

  describe('with gRPC calls', () => {
    const GRPC = [{ method: 'shop.Orders/Place', request: '{}' }];
    const call = (story: Story, more: ExchangeStory = {}) =>
      story.exchange('grpc-call', { method: 'gRPC', path: '/shop.Orders/Place', more: { framing: null }, ...more });

    it('counts them beside the slow requests', () => {
      const story = call(new Story(examplePlan({ grpc: GRPC })).life().exchange('slow-response'))
        .signal()
        .exit(600);
      expect(judge(story)).toMatchObject({ status: 'pass', observed: '2 of 2' });
    });

    it('counts them and nothing else where no slow endpoint was named', () => {
      const only = () => new Story(examplePlan({ slow: [], grpc: GRPC })).life();
      const story = call(only()).exchange('slow-upload', { ending: 'reset' }).signal().exit(600);
      expect(judge(story)).toMatchObject({ status: 'pass', observed: '1 of 1' });
      expect(judge(call(only(), { ending: 'closed' }).signal().exit(600)).status).toBe('fail');
    });

    it('is inconclusive when they were over before the signal', () => {
      const story = call(new Story(examplePlan({ slow: [], grpc: GRPC })).life(), { endedAt: -20 })
        .signal()
        .exit(600);
      expect(judge(story)).toMatchObject({
        status: 'inconclusive',
        because: 'the gRPC call was over before the signal; name one that takes longer with --grpc',
      });
    });

    it('does not apply when all of them answer with streams', () => {
      const story = new Story(examplePlan({ slow: [], grpc: GRPC })).life().signal().exit(600);
      expect(judge(story).status).toBe('inconclusive');
      expect(judge(story.life('streams').exchange('grpc-stream').signal().exit(600))).toMatchObject({
        status: 'skip',
        because: expect.stringContaining('finishes-streams') as string,
      });
    });
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
