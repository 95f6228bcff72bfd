import { describe, expect, it } from 'vitest';
import { handlesSigtermAsPid1 } from '../../src/checks/handles-sigterm-as-pid-1.js';
import { containerPlan, examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => handlesSigtermAsPid1.judge(story.facts(), story.plan);
const drained = () => new Story().life().signal().exit(600);
const asPid1 = (story = drained()) => story.life('pid-1').exchange('slow-response').signal();

describe('handles-sigterm-as-pid-1', () => {
  it('weighs most where the target is PID 1', () => {
    const levels = (['kubernetes', 'docker', 'load-balancer', 'standalone'] as const).map((profile) =>
      handlesSigtermAsPid1.level(profile),
    );
    expect(levels).toEqual(['must', 'must', 'info', 'info']);
  });

  it('passes when it ended by itself', () => {
    const verdict = judge(asPid1().exit(612));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'pid-1', observed: 'exit code 0 after 612 ms' });
    expect(verdict.evidence).toHaveLength(1);
    expect(judge(asPid1(new Story()).exit(612, { code: 143 })).observed).toBe('exit code 143 after 612 ms');
  });

  it('passes although the drain was killed', () => {
    expect(judge(asPid1(new Story().life().signal().killed(30_000)).exit(612)).status).toBe('pass');
  });

  it('fails when it ran until SIGKILL', () => {
    const verdict = judge(asPid1().killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      scenario: 'pid-1',
      observed: 'still running 30 s after SIGTERM, until SIGKILL; as an ordinary process it is gone after 600 ms',
    });
    expect(verdict.evidence).toHaveLength(2);
    expect(judge(asPid1(new Story()).killed(30_000))).toMatchObject({
      status: 'fail',
      observed: 'still running 30 s after SIGTERM, until SIGKILL',
    });
  });

  it('fails when it is judged again under a shorter grace period', () => {
    const story = asPid1(new Story(examplePlan({ gracePeriodMs: 1000 }))).exit(1001);
    expect(judge(story)).toMatchObject({ status: 'fail', observed: 'it took 1 s' });
  });

  describe('does not apply when the drain was killed as well and', () => {
    const signalled = () => new Story().life().signal();

    it.each([
      ['it did nothing at all', signalled(), 'handles-sigterm'],
      ['it did something', signalled().arrival(25).arrival(75, 'refused'), 'exits-in-time'],
    ])('%s', (_, drain, see) => {
      expect(judge(asPid1(drain.killed(30_000)).killed(30_000))).toMatchObject({
        status: 'skip',
        because: expect.stringMatching(new RegExp(`see ${see}$`)) as string,
      });
    });
  });

  it('fails when a wrapper kept the signal of an ordinary process, too: as PID 1 it does so in another way', () => {
    const drain = new Story().life('drain', { owner: 200 }).signal().killed(30_000);
    expect(judge(asPid1(drain).killed(30_000)).status).toBe('fail');
  });

  it('does not apply without namespaces', () => {
    const reason = 'host semantics only: a PID namespace cannot be had here (unshare failed)';
    expect(judge(drained().event(0, { type: 'scenario-skipped', scenario: 'pid-1', reason }))).toMatchObject({
      status: 'skip',
      because: `the scenario pid-1 was not played: ${reason}`,
    });
  });

  it('is inconclusive when the recording does not hold the scenario', () => {
    expect(judge(drained()).status).toBe('inconclusive');
  });
});

describe('handles-sigterm-as-pid-1, in a container, where every death is one', () => {
  const taken = () => new Story(containerPlan()).taken('container').exchange('slow-response');

  it('passes when it ended by itself', () => {
    expect(judge(taken().stop().exit(612, { code: 143 }))).toMatchObject({
      status: 'pass',
      observed: 'exit code 143 after 612 ms',
    });
  });

  it('fails when nothing happened until SIGKILL', () => {
    const verdict = judge(taken().stop().arrival(25).killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: 'still running 30 s after it was to be stopped, until SIGKILL',
    });
    expect(verdict.evidence).toHaveLength(2);
    expect(judge(taken().signal().killed(30_000)).observed).toBe('still running 30 s after SIGTERM, until SIGKILL');
  });

  it.each([
    ['turned new connections away', () => taken().stop().arrival(25).arrival(75, 'rejected').arrival(125, 'rejected')],
    ['closed its listener', () => taken().stop().arrival(25).arrival(75, 'refused').arrival(125, 'refused')],
    [
      'failed its readiness',
      () => taken().stop().probes('readiness', 200, -90, 10).probes('readiness', 503, 20, 29_000),
    ],
  ])('leaves it to exits-in-time when it %s and did not end', (_, story) =>
    expect(judge(story().killed(30_000))).toMatchObject({
      status: 'skip',
      because: 'it reacted, and does not end in time; see exits-in-time',
    }),
  );

  it('fails when a shell as PID 1 kept the signal', () => {
    const story = new Story(containerPlan({ scenarios: ['drain'] })).life('drain', { owner: 200 }).signal();
    expect(judge(story.killed(30_000)).status).toBe('fail');
  });

  it('is judged in the drain of an image, and in no other life of it', () => {
    const story = new Story(containerPlan({ scenarios: ['drain', 'idle'] }))
      .taken('container', 'drain')
      .stop()
      .exit(600);
    expect(judge(story.taken('container', 'idle').stop().killed(30_000))).toMatchObject({ status: 'pass' });
  });

  it('is not asked where the drain was left out', () => {
    const story = new Story(containerPlan({ scenarios: ['idle', 'together'] })).taken('container').stop().exit(600);
    expect(judge(story).status).toBe('inconclusive');
  });
});
