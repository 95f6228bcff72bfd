import { describe, expect, it } from 'vitest';
import { failsReadiness } from '../../src/checks/fails-readiness.js';
import type { Plan } from '../../src/plan/types.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => failsReadiness.judge(story.facts(), story.plan);
const signalled = (plan: Partial<Plan> = {}) =>
  new Story(examplePlan(plan)).life().endpoint('readiness', '/ready').signal();
/** Good until a last probe at one time, 503 from another on. */
const flips = (lastGood: number, firstBad: number) =>
  signalled().probes('readiness', 200, -100, lastGood).probes('readiness', 503, firstBad, 2900).exit(3000);

describe('fails-readiness', () => {
  it('passes when it answered with a failure at once', () => {
    const verdict = judge(flips(10, 20));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'drain',
      observed: '/ready: 503 after 10–22 ms',
      because: null,
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it.each([400, 404, 500])('takes %i for a failure', (status) => {
    expect(
      judge(signalled().probes('readiness', 200, -100, 10).probes('readiness', status, 20, 590).exit(600)).status,
    ).toBe('pass');
  });

  it.each([204, 302])('takes %i for a success', (status) => {
    const verdict = judge(signalled().probes('readiness', status, -100, 1990).exit(2000));
    expect(verdict).toMatchObject({ status: 'fail', observed: `/ready answered ${status} to the end` });
  });

  it('passes with a note when the listener was closed instead', () => {
    const verdict = judge(
      signalled().probes('readiness', 200, -100, 10).probes('readiness', 'refused', 20, 590).exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'pass',
      observed: '/ready: refused after 10–22 ms',
      because: 'the listener was closed; no failing answer was seen first',
    });
  });

  it('fails when it stayed good to the end', () => {
    const verdict = judge(
      signalled().probes('readiness', 200, -100, 1990).probes('readiness', 'refused', 2000, 2300).exit(2001),
    );
    expect(verdict).toMatchObject({ status: 'fail', observed: '/ready answered 200 to the end' });
    expect(verdict.expected).toContain('within 1 s');
  });

  it('fails when it stayed good until it was killed', () => {
    expect(judge(signalled().probes('readiness', 200, -100, 29_990).killed(30_000)).status).toBe('fail');
  });

  describe('when it was not answered', () => {
    it.each([
      ['reset', 'reset'],
      ['closed', 'closed without an answer'],
      ['timed-out', 'not answered in time'],
      ['malformed', 'answered with something that is not HTTP'],
    ] as const)('is inconclusive when it was %s at last', (outcome, words) => {
      const verdict = judge(
        signalled().probes('readiness', 200, -100, 10).probes('readiness', outcome, 20, 1900).exit(2000),
      );
      expect(verdict).toMatchObject({
        status: 'inconclusive',
        because: `/ready was ${words} at last, which says neither yes nor no`,
      });
      expect(verdict.evidence).toHaveLength(2);
    });

    it.each(['reset', 'closed', 'timed-out', 'malformed'] as const)(
      'fails when it was %s and then good to the end',
      (outcome) => {
        expect(
          judge(
            signalled()
              .probes('readiness', 200, -100, 10)
              .probes('readiness', outcome, 20, 90)
              .probes('readiness', 200, 100, 1990)
              .exit(2000),
          ).status,
        ).toBe('fail');
      },
    );

    it('waits for the failing answer', () => {
      const verdict = judge(
        signalled()
          .probes('readiness', 200, -100, 10)
          .probes('readiness', 'reset', 20, 40)
          .probes('readiness', 503, 50, 590)
          .exit(600),
      );
      expect(verdict).toMatchObject({ status: 'pass', observed: '/ready: 503 after 10–52 ms' });
    });
  });

  it.each([
    [503, '503'],
    ['refused', 'refused'],
  ] as const)('is inconclusive when it was failing before the signal already (%s)', (outcome, words) => {
    const verdict = judge(signalled().probes('readiness', outcome, -100, 1900).exit(2000));
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      because: `/ready was failing before the signal already (${words})`,
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes when the first failing answer was asked for before the signal and came after it', () => {
    expect(
      judge(signalled().probes('readiness', 200, -100, -10).probes('readiness', 503, -1, 590).exit(600)).status,
    ).toBe('pass');
  });

  describe('at the limit of one second', () => {
    it('passes when the failing answer was there', () => {
      expect(judge(flips(980, 998)).status).toBe('pass');
    });

    it('is inconclusive when it lies between the last good and the first failing answer', () => {
      expect(judge(flips(1000, 1010))).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('somewhere between 1 s–1.01 s') as string,
      });
      expect(judge(flips(10, 1500)).status).toBe('inconclusive');
    });

    it('fails when it was asked later and still answered well', () => {
      expect(judge(flips(1001, 1011))).toMatchObject({
        status: 'fail',
        observed: '/ready failed only after 1 s–1.01 s',
      });
      expect(judge(flips(2500, 2510)).status).toBe('fail');
    });
  });

  describe('with a name that could be anything', () => {
    const generic = () => new Story().life().endpoint('readiness', '/health', { sureness: 'generic' }).signal();

    it('is inconclusive when it stayed good', () => {
      const verdict = judge(generic().probes('readiness', 200, -100, 1990).exit(2000));
      expect(verdict).toMatchObject({ status: 'inconclusive', because: expect.stringContaining('--ready') as string });
    });

    it('passes when it failed', () => {
      expect(
        judge(generic().probes('readiness', 200, -100, 10).probes('readiness', 503, 20, 590).exit(600)).status,
      ).toBe('pass');
    });
  });

  describe('without a readiness endpoint', () => {
    const unknown = (profile: Plan['profile']) =>
      new Story(examplePlan({ profile })).life().endpoint('readiness', null).signal().exit(600);

    it.each(['kubernetes', 'load-balancer'] as const)('is inconclusive under %s', (profile) => {
      expect(judge(unknown(profile))).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('among 36 paths') as string,
      });
    });

    it.each(['standalone', 'docker'] as const)('does not apply under %s', (profile) => {
      expect(judge(unknown(profile)).status).toBe('skip');
    });

    it('does not apply when there is said to be none', () => {
      const story = new Story().life().endpoint('readiness', null, { how: 'none-given' }).signal().exit(600);
      expect(judge(story)).toMatchObject({
        status: 'skip',
        because: expect.stringContaining('--ready none') as string,
      });
    });

    it('is inconclusive when the recording does not say', () => {
      expect(judge(new Story().life().signal().exit(600)).status).toBe('inconclusive');
    });
  });

  it('does not apply when it was gone before it was asked again', () => {
    const verdict = judge(
      signalled().probes('readiness', 200, -100, -5).probes('readiness', 'refused', 5, 500).exit(4),
    );
    expect(verdict).toMatchObject({
      status: 'skip',
      because: 'it was gone 4 ms after the signal, before readiness was asked again',
    });
  });
});
