import { describe, expect, it } from 'vitest';
import { readinessDoesNotFlap } from '../../src/checks/readiness-does-not-flap.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => readinessDoesNotFlap.judge(story.facts(), story.plan);
const signalled = () => new Story().life().endpoint('readiness', '/ready').signal().probes('readiness', 200, -100, 10);
const failing = () => signalled().probes('readiness', 503, 20, 500);

describe('readiness-does-not-flap', () => {
  it('passes when it stayed failed', () => {
    const verdict = judge(failing().exit(600));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed: '49 answers in a row' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes when it failed in one way after the other', () => {
    expect(
      judge(failing().probes('readiness', 500, 510, 700).probes('readiness', 'refused', 710, 900).exit(1000)).status,
    ).toBe('pass');
  });

  it('passes when the listener closed and stayed closed', () => {
    expect(judge(signalled().probes('readiness', 'refused', 20, 500).exit(600)).status).toBe('pass');
  });

  it.each([200, 302])('fails when it answered %i again, and says when', (status) => {
    const verdict = judge(
      failing().probes('readiness', status, 510, 510).probes('readiness', 503, 520, 900).exit(1000),
    );
    expect(verdict).toMatchObject({ status: 'fail', observed: `503, then ${status} again 512 ms after the signal` });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('does not look at answers from before the signal', () => {
    const story = new Story()
      .life()
      .endpoint('readiness', '/ready')
      .probes('readiness', 503, -100, -60)
      .probes('readiness', 200, -50, 10)
      .signal();
    expect(judge(story.probes('readiness', 503, 20, 500).exit(600)).status).toBe('pass');
  });

  it('does not look at answers from after the end', () => {
    expect(judge(failing().probes('readiness', 200, 610, 700).exit(600)).status).toBe('pass');
  });

  it('does not apply when it never failed', () => {
    expect(judge(signalled().probes('readiness', 200, 20, 590).exit(600))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('fails-readiness') as string,
    });
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
