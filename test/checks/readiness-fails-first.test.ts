import { describe, expect, it } from 'vitest';
import { readinessFailsFirst } from '../../src/checks/readiness-fails-first.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => readinessFailsFirst.judge(story.facts(), story.plan);
const signalled = (profile: 'kubernetes' | 'load-balancer' = 'kubernetes') =>
  new Story(examplePlan({ profile }))
    .life()
    .endpoint('readiness', '/ready')
    .signal()
    .probes('readiness', 200, -100, 10);
/** Fails at 22 ms; the listener is seen to be closed at `closedAt`. */
const closes = (closedAt: number, profile?: 'load-balancer') =>
  signalled(profile)
    .probes('readiness', 503, 20, closedAt - 12)
    .probes('readiness', 'refused', closedAt - 2, closedAt + 900)
    .exit(closedAt + 1000);

describe('readiness-fails-first', () => {
  it('weighs more where readiness is all that others go by', () => {
    const levels = (['kubernetes', 'load-balancer', 'standalone', 'docker'] as const).map((profile) =>
      readinessFailsFirst.level(profile),
    );
    expect(levels).toEqual(['should', 'must', 'should', 'should']);
  });

  it('passes when it failed a second before the listener closed', () => {
    const verdict = judge(closes(1022));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed: 'by 1 s' });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('fails when it was a millisecond less', () => {
    expect(judge(closes(1021))).toMatchObject({
      status: 'fail',
      expected: 'readiness answers with a failure for 1 s before the listener is closed',
    });
  });

  it('measures to the exit when the listener stayed open', () => {
    const exits = (at: number) =>
      signalled()
        .probes('readiness', 503, 20, at - 10)
        .exit(at);
    expect(judge(exits(1022))).toMatchObject({ status: 'pass', observed: 'by 1 s, to the exit' });
    expect(judge(exits(1021)).status).toBe('fail');
  });

  it('measures to the kill when it never closed', () => {
    expect(judge(signalled().probes('readiness', 503, 20, 29_990).killed(30_000)).status).toBe('pass');
  });

  it('fails when the listener was gone while readiness was still good', () => {
    const verdict = judge(signalled().probes('readiness', 'refused', 20, 2900).exit(3000));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: 'the listener was closed after 22 ms, readiness still good',
    });
  });

  it('fails when the listener was gone before the failing answer', () => {
    const story = signalled().arrival(25, 'refused').probes('readiness', 503, 2000, 2900);
    expect(judge(story.exit(3000))).toMatchObject({ status: 'fail', observed: 'by 0 ms' });
  });

  it.each([
    ['passes', 5022, 'pass'],
    ['fails', 5021, 'fail'],
    ['fails', 1022, 'fail'],
  ] as const)('%s behind a load balancer when the listener closed at %i ms', (_, at, status) => {
    expect(judge(closes(at, 'load-balancer')).status).toBe(status);
  });

  it('does not apply when readiness never failed and the listener stayed', () => {
    const verdict = judge(signalled().probes('readiness', 200, 20, 2990).exit(3000));
    expect(verdict).toMatchObject({ status: 'skip', because: expect.stringContaining('fails-readiness') as string });
  });

  it('does not apply when it was gone before it was asked again', () => {
    expect(
      judge(new Story().life().endpoint('readiness', '/ready').signal().probes('readiness', 200, -100, -5).exit(3))
        .status,
    ).toBe('skip');
  });

  it.each(['not-found', 'none-given'] as const)('does not apply without an endpoint (%s)', (how) => {
    const verdict = judge(new Story().life().endpoint('readiness', null, { how }).signal().exit(600));
    expect(verdict).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('no readiness endpoint is known') as string,
    });
  });
});
