import { describe, expect, it } from 'vitest';
import { boundsTheWait } from '../../src/checks/bounds-the-wait.js';
import type { ExchangeKind } from '../../src/recording/events.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => boundsTheWait.judge(story.facts(), story.plan);
const drained = () => new Story().life().signal().exit(600);
const KINDS: readonly ExchangeKind[] = ['stuck-upload', 'stuck-stream', 'stuck-websocket'];

/** Work of some kinds that its clients never finish; what is open to the end is ended by the tester. */
function stuck(story = drained(), kinds = KINDS, endedAt = 40_000): Story {
  story.life('stuck');
  for (const kind of kinds) story.exchange(kind, { ending: 'ended-by-tester', endedAt });
  return story.signal();
}

describe('bounds-the-wait', () => {
  it('passes when it was gone all the same, and names what was open', () => {
    const verdict = judge(stuck().exit(5000));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'stuck',
      observed:
        'gone after 5 s with an upload that never ends, a stream that is not read and a WebSocket that does not answer open',
    });
    expect(verdict.evidence).toHaveLength(4);
    expect(judge(stuck(drained(), ['stuck-upload']).exit(5000)).observed).toBe(
      'gone after 5 s with an upload that never ends open',
    );
  });

  it('passes although the drain was killed', () => {
    expect(judge(stuck(new Story().life().signal().killed(30_000)).exit(5000)).status).toBe('pass');
  });

  it('fails when it was killed, and names what was still open', () => {
    const story = drained().life('stuck').exchange('stuck-upload', { endedAt: 20_000, ending: 'closed' });
    story.exchange('stuck-websocket', { endedAt: 30_001, ending: 'reset' });
    const verdict = judge(story.signal().killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed:
        'killed at the end of the grace period with a WebSocket that does not answer still open; without it is gone after 600 ms',
    });
    expect(verdict.evidence).toHaveLength(3);
  });

  it('names what held it alone', () => {
    const story = stuck().killed(30_000);
    for (const alone of KINDS) {
      const again = story.life('stuck', { purpose: 'isolation', alone }).signal();
      if (alone === 'stuck-stream') again.killed(30_000);
      else again.exit(600);
    }
    expect(judge(story).observed).toMatch(/gone after 600 ms; held by a stream that is not read$/);
  });

  it('fails without a drain to compare with', () => {
    expect(judge(stuck(new Story()).killed(30_000)).observed).toMatch(/still open$/);
  });

  it.each([
    ['passes', 1000, 'pass'],
    ['fails', 1001, 'fail'],
  ] as const)('%s when it took %i ms of a grace period of a second', (_, after, status) => {
    expect(judge(stuck(new Story(examplePlan({ gracePeriodMs: 1000 }))).exit(after)).status).toBe(status);
  });

  it('does not apply when it does not end without such work either', () => {
    expect(judge(stuck(new Story().life().signal().killed(30_000)).killed(30_000))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('exits-in-time') as string,
    });
  });

  it('is inconclusive when it was killed and none of it was open', () => {
    expect(judge(stuck(drained(), KINDS, 500).killed(30_000)).status).toBe('inconclusive');
  });

  it('is inconclusive when none of it was open at the signal', () => {
    const story = drained().life('stuck').exchange('stuck-upload', { armed: false, notArmed: 'it was not read' });
    expect(judge(story.signal().exit(600))).toMatchObject({
      status: 'inconclusive',
      because: 'an upload that never ends could not be left open: it was not read',
    });
  });

  it('does not apply when nothing is known that can be left undone', () => {
    expect(judge(drained().life('stuck').signal().exit(600)).status).toBe('skip');
    const left = drained().event(0, { type: 'scenario-skipped', scenario: 'stuck', reason: 'nothing is known' });
    expect(judge(left).status).toBe('skip');
  });
});
