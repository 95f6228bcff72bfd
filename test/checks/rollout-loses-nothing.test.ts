import { describe, expect, it } from 'vitest';
import { rolloutLosesNothing } from '../../src/checks/rollout-loses-nothing.js';
import type { AfterStop } from '../../src/plan/types.js';
import { urlPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => rolloutLosesNothing.judge(story.facts(), story.plan);
const replaced = (afterStop: AfterStop | null = 'replaced') =>
  new Story(urlPlan(afterStop)).taken('url').arrival(-100).arrival(-50).stop();

describe('rollout-loses-nothing', () => {
  it('passes when every request was answered', () => {
    const verdict = judge(replaced().arrival(25).arrival(75).exchange('slow-response').settled(3000, true));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'together', observed: '3 requests, none lost' });
  });

  it.each(['refused', 'reset', 'closed', 'short', 'timed-out', 'rejected'] as const)(
    'fails when a new connection was %s',
    (ending) => {
      const verdict = judge(replaced().arrival(25).arrival(75, ending).arrival(125).settled(3000, true));
      expect(verdict).toMatchObject({ status: 'fail', scenario: 'together' });
      expect(verdict.observed).toMatch(/^1 of 3 requests lost, .*: new connections: 1 /);
      expect(verdict.evidence).toHaveLength(1);
    },
  );

  it('fails when a proxy answers for an instance that is gone', () => {
    const verdict = judge(replaced().arrival(75, 'answered', { status: 502 }).arrival(125).settled(3000, true));
    expect(verdict.observed).toContain('new connections: 1 answered 502');
  });

  it('does not mind an error that the endpoint gives in peace', () => {
    const story = replaced().event(-500, {
      type: 'baseline-measured',
      method: 'GET',
      path: '/slow',
      status: 500,
      bytes: 3,
      framing: 'length',
      afterMs: 400,
    });
    const verdict = judge(story.exchange('slow-response', { status: 500 }).settled(3000, true));
    expect(verdict.status).toBe('pass');
  });

  it('tells new and kept clients apart', () => {
    const verdict = judge(
      replaced()
        .exchange('reused-connection', { openedAt: 60, endedAt: 400, ending: 'reset' })
        .arrival(75, 'refused')
        .settled(3000, true),
    );
    expect(verdict.observed).toContain('a keep-alive connection in use: 1 reset; new connections: 1 refused');
  });

  it('warns when all that was lost crossed with the closing of its connection', () => {
    const verdict = judge(
      replaced().exchange('reused-connection', { openedAt: 60, endedAt: 62, ending: 'closed' }).settled(3000, true),
    );
    expect(verdict).toMatchObject({ status: 'warn', because: expect.stringContaining('keep-alive') as string });
  });

  it('proves nothing when requests failed before the stop', () => {
    const verdict = judge(
      new Story(urlPlan('replaced')).taken('url').arrival(-100, 'reset').stop().arrival(25).settled(3000, true),
    );
    expect(verdict).toMatchObject({ status: 'inconclusive', because: expect.stringContaining('before') as string });
  });

  it('proves nothing when nobody said that it is replaced, and nothing was seen of it', () => {
    const verdict = judge(replaced(null).arrival(25).arrival(75).settled(3000, true));
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('--after-stop') as string,
    });
  });

  it('does not apply when the service was gone in the end', () => {
    expect(judge(replaced(null).arrival(75, 'refused').settled(3000, false)).status).toBe('skip');
  });

  it('fails when it was to be replaced and nothing serves in the end', () => {
    const verdict = judge(replaced().arrival(75, 'refused').settled(3000, false));
    expect(verdict).toMatchObject({ status: 'fail', observed: expect.stringContaining('nothing serves') as string });
  });

  it('proves nothing when the recording ends before traffic was steady', () => {
    expect(judge(replaced().arrival(25)).status).toBe('inconclusive');
  });
});
