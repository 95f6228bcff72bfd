import { describe, expect, it } from 'vitest';
import { noResetOnReuse } from '../../src/checks/no-reset-on-reuse.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => noResetOnReuse.judge(story.facts(), story.plan);
const question = (story: Story, connection: number, openedAt: number, more: ExchangeStory = {}) =>
  story.exchange('idle-connection', { connection, openedAt, endedAt: openedAt + 1, path: '/', ...more });
/** Three connections with an answer each; the first has asked again just before the signal. */
const signalled = () =>
  question(question(question(question(new Story().life('idle'), 1, -200), 2, -200), 3, -200), 1, -20).signal();

describe('no-reset-on-reuse', () => {
  it('passes when each was answered', () => {
    const verdict = judge(question(question(signalled(), 2, 20), 3, 150, { ending: 'rejected' }).exit(600));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'idle', observed: '2 answered, 1 rejected with 503' });
    expect(verdict.evidence).toHaveLength(3);
  });

  it('passes when the connections were seen to be closed before they were used', () => {
    const verdict = judge(signalled().closed(1, 'fin', 5).closed(2, 'fin', 5).closed(3, 'fin', 5).exit(600));
    expect(verdict).toMatchObject({ status: 'pass', observed: '1 answered, 2 closed first' });
  });

  it('takes a reset of a connection that is not in use for a closing', () => {
    expect(judge(signalled().closed(2, 'fin', 5).closed(3, 'rst', 5).exit(600))).toMatchObject({
      status: 'pass',
      observed: '1 answered, 2 closed first',
    });
  });

  it('does not count the closing of a connection that was used again, of another kind, or by the tester', () => {
    const story = question(signalled(), 2, 20).exchange('silent-connection', {
      connection: 4,
      openedAt: -200,
      endedAt: null,
    });
    expect(
      judge(story.closed(1, 'fin', 5).closed(2, 'rst', 60).closed(4, 'fin', 5).closed(3, 'tester', 560).exit(600))
        .observed,
    ).toBe('2 answered');
  });

  it('does not count what its death closes', () => {
    expect(judge(signalled().closed(2, 'fin', 549).closed(3, 'fin', 550).exit(600)).observed).toBe(
      '1 answered, 1 closed first',
    );
    expect(judge(signalled().closed(2, 'fin', 550).closed(3, 'rst', 599).exit(600)).status).toBe('skip');
  });

  it('passes when one was answered and the rest was closed', () => {
    expect(judge(question(signalled(), 2, 20).closed(3, 'fin', 60).exit(600)).observed).toBe(
      '2 answered, 1 closed first',
    );
  });

  it.each(['reset', 'short', 'timed-out'] as const)('fails when one was %s', (ending) => {
    const verdict = judge(question(question(signalled(), 2, 20), 3, 150, { ending }).exit(600));
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain('the first was sent 150 ms after the signal');
    expect(verdict.expected).not.toBeNull();
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when one that was sent before the signal met a reset', () => {
    const story = question(question(new Story().life('idle'), 1, -200), 1, -20, {
      ending: 'reset',
      endedAt: 1,
    }).signal();
    expect(judge(story.exit(600))).toMatchObject({
      status: 'fail',
      observed: '1 reset; the first was sent -20 ms after the signal',
    });
  });

  it('warns when a FIN crossed the request on the wire', () => {
    const verdict = judge(question(signalled(), 2, 20, { ending: 'closed', endedAt: 24 }).exit(600));
    expect(verdict).toMatchObject({ status: 'warn', because: expect.stringContaining('crossed') as string });
  });

  it('fails when the FIN came too late to have crossed', () => {
    expect(judge(question(signalled(), 2, 20, { ending: 'closed', endedAt: 25 }).exit(600)).status).toBe('fail');
  });

  it('fails when one crossed and another was reset', () => {
    const story = question(question(signalled(), 2, 20, { ending: 'closed', endedAt: 22 }), 3, 150, {
      ending: 'reset',
    });
    expect(judge(story.exit(600)).status).toBe('fail');
  });

  it('does not count the question that made it a keep-alive connection', () => {
    const story = question(question(new Story().life('idle'), 1, -200, { ending: 'reset' }), 2, -200).signal();
    expect(judge(question(story, 2, 20).exit(600))).toMatchObject({ status: 'pass', observed: '1 answered' });
  });

  it('does not count what the tester ended', () => {
    expect(judge(question(question(signalled(), 2, 20), 3, 150, { ending: 'ended-by-tester' }).exit(600)).status).toBe(
      'pass',
    );
  });

  it('does not apply when it was gone before a connection was used again', () => {
    expect(judge(signalled().exit(3))).toMatchObject({
      status: 'skip',
      because: 'it was gone 3 ms after the signal, before an idle connection was used again',
    });
  });

  it('is inconclusive when the recording ends before the target did', () => {
    expect(judge(question(signalled(), 2, 20)).status).toBe('inconclusive');
  });
});
