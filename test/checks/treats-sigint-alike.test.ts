import { describe, expect, it } from 'vitest';
import { treatsSigintAlike } from '../../src/checks/treats-sigint-alike.js';
import { examplePlan, workerPlan } from '../support/plan.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => treatsSigintAlike.judge(story.facts(), story.plan);
const drained = (work: ExchangeStory = {}) => new Story().life().exchange('slow-response', work).signal().exit(600);
const interrupted = (work: ExchangeStory = {}, story = drained()) =>
  story.life('interrupt').exchange('slow-response', work).signal('SIGINT');
const BY_SIGINT = { code: null, signal: 'SIGINT' };

describe('treats-sigint-alike', () => {
  it('passes when the work was finished and it was gone', () => {
    const verdict = judge(interrupted().exit(620));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'interrupt', observed: '1 of 1, gone after 620 ms' });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('passes by itself when the drain was not played, or was killed', () => {
    expect(judge(interrupted({}, new Story()).exit(620)).status).toBe('pass');
    expect(judge(interrupted({}, new Story().life().signal().killed(30_000)).exit(620)).status).toBe('pass');
  });

  it('passes when it ended by SIGINT after its work', () => {
    expect(judge(interrupted().exit(620, BY_SIGINT)).status).toBe('pass');
  });

  it('fails when it lost work that SIGTERM keeps', () => {
    const verdict = judge(interrupted({ ending: 'reset', endedAt: 3 }).exit(3, BY_SIGINT));
    expect(verdict).toMatchObject({
      status: 'fail',
      expected: 'SIGINT sets off the same drain as SIGTERM: work in flight is finished, then it ends',
      observed: '1 reset, the first 3 ms after the signal',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when it lost work and the drain was not played', () => {
    expect(judge(interrupted({ ending: 'reset', endedAt: 3 }, new Story()).exit(3, BY_SIGINT)).status).toBe('fail');
  });

  it('fails when it ran until SIGKILL', () => {
    const verdict = judge(interrupted().killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: 'still running 30 s after SIGINT, until SIGKILL; after SIGTERM it is gone within 600 ms',
    });
    expect(verdict.evidence).toHaveLength(2);
    expect(judge(interrupted({}, new Story()).killed(30_000)).observed).toBe(
      'still running 30 s after SIGINT, until SIGKILL',
    );
  });

  it.each([
    ['loses work', drained({ ending: 'reset' }), 'SIGTERM does no better; see finishes-requests'],
    [
      'does not end it',
      new Story().life().exchange('slow-response').signal().killed(30_000),
      'SIGTERM does no better; see exits-in-time',
    ],
  ])('does not apply when SIGTERM %s as well', (_, drain, because) => {
    const lost = interrupted({ ending: 'reset', endedAt: 3 }, drain);
    expect(judge(because.includes('exits-in-time') ? lost.killed(30_000) : lost.exit(3, BY_SIGINT))).toMatchObject({
      status: 'skip',
      because,
    });
  });

  it('does not apply when the signal of the run is SIGINT', () => {
    const story = new Story(examplePlan({ signal: 'SIGINT' })).life().signal('SIGINT').exit(600);
    expect(judge(story)).toMatchObject({ status: 'skip', because: "the run's signal is SIGINT already" });
  });

  it('names the signal of the run', () => {
    const story = new Story(examplePlan({ signal: 'SIGQUIT' })).life('interrupt').signal('SIGINT').killed(30_000);
    expect(judge(story).expected).toContain('SIGQUIT');
  });

  describe('with nothing in flight', () => {
    const idle = () => drained().life('interrupt').signal('SIGINT');

    it('passes by its own exit', () => {
      expect(judge(idle().exit(12))).toMatchObject({
        status: 'pass',
        observed: 'it ended by its own exit after 12 ms, with nothing in flight',
      });
    });

    it('is inconclusive when it died of the signal', () => {
      expect(judge(idle().exit(3, BY_SIGINT))).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('--slow') as string,
      });
    });
  });

  it('is inconclusive when an orphan answered', () => {
    const story = interrupted()
      .event(5, { type: 'root-exited', code: 130, signal: null })
      .event(520, { type: 'process-gone', pid: 200, command: 'node real-server.js' });
    expect(judge(story.event(530, { type: 'life-ended', complete: true })).status).toBe('inconclusive');
  });

  it('is inconclusive when the recording does not hold the scenario', () => {
    expect(judge(drained()).status).toBe('inconclusive');
  });
});

describe('treats-sigint-alike of a queue worker', () => {
  const drained = (doneAt: number | null) =>
    new Story(workerPlan()).worker().signal().task('1', -100, doneAt).exit(320);
  const interrupted = (story: Story) => story.worker('interrupt').signal('SIGINT');

  it('passes when the job in hand was finished', () => {
    expect(judge(interrupted(drained(300)).task('7', -100, 300).exit(320)).status).toBe('pass');
  });

  it('fails when it was cut', () => {
    const story = interrupted(drained(300)).task('7', -100, null).exit(5, { code: null, signal: 'SIGINT' });
    expect(judge(story)).toMatchObject({
      status: 'fail',
      observed: 'ended by SIGINT after 5 ms with job 7 not done',
    });
  });

  it('is not checked when the usual signal does no better', () => {
    expect(judge(interrupted(drained(null)).task('7', -100, null).exit(5)).status).toBe('skip');
  });
});
