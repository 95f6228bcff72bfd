import { describe, expect, it } from 'vitest';
import { separateProbes } from '../../src/checks/separate-probes.js';
import type { EventOf } from '../../src/recording/events.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => separateProbes.judge(story.facts(), story.plan);
type Endpoint = Partial<EventOf<'endpoint-resolved'>>;

/** Readiness fails in the drain with `status`, or stays good without one; liveness is good. */
function probed(
  readiness: string | null,
  liveness: string | null,
  status: number | null = 503,
  more: { readiness?: Endpoint; liveness?: Endpoint } = {},
): Story {
  const story = new Story()
    .life()
    .endpoint('readiness', readiness, more.readiness)
    .endpoint('liveness', liveness, more.liveness)
    .signal();
  story.probes('readiness', 200, -100, 10).probes('readiness', status ?? 200, 20, 590);
  return story.probes('liveness', readiness === liveness ? (status ?? 200) : 200, 20, 590).exit(600);
}

describe('separate-probes', () => {
  it('passes when only one of two endpoints fails', () => {
    const verdict = judge(probed('/ready', '/live'));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed: '/ready and /live' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes when one serves both and did not fail', () => {
    expect(judge(probed('/health', '/health', null))).toMatchObject({
      status: 'pass',
      observed: '/health serves both, and did not fail',
    });
  });

  it('passes when one serves both and was only refused at the end', () => {
    const story = new Story().life().endpoint('readiness', '/health').endpoint('liveness', '/health').signal();
    expect(
      judge(story.probes('readiness', 200, -100, 10).probes('readiness', 'refused', 20, 590).exit(600)).status,
    ).toBe('pass');
  });

  it('fails when one serves both and failed', () => {
    const verdict = judge(probed('/health', '/health'));
    expect(verdict).toMatchObject({ status: 'fail', observed: '/health serves both and answered 503' });
    expect(verdict.expected).not.toBeNull();
    expect(verdict.evidence).toHaveLength(1);
  });

  describe('when only one with a name that could be anything was found', () => {
    const generic = { readiness: { sureness: 'generic' } } as const;

    it('is inconclusive when it failed', () => {
      expect(judge(probed('/health', null, 503, generic))).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('Name both with --ready and --live') as string,
      });
    });

    it('does not apply when it stayed good', () => {
      expect(judge(probed('/health', null, null, generic)).status).toBe('skip');
    });

    it('does not apply when there is said to be no liveness', () => {
      expect(judge(probed('/health', null, 503, { ...generic, liveness: { how: 'none-given' } }))).toMatchObject({
        status: 'skip',
        because: expect.stringContaining('--live none') as string,
      });
    });
  });

  it('does not apply without a liveness endpoint', () => {
    expect(judge(probed('/ready', null))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('--live') as string,
    });
  });

  it('does not apply without a readiness endpoint', () => {
    expect(judge(probed(null, '/live'))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('no readiness endpoint is known') as string,
    });
    expect(judge(probed(null, '/live', 503, { readiness: { how: 'none-given' } })).status).toBe('skip');
  });

  it('is inconclusive when the recording has no drain', () => {
    expect(judge(new Story().life().endpoint('readiness', '/ready').endpoint('liveness', '/live')).status).toBe(
      'inconclusive',
    );
  });
});
