import { describe, expect, it } from 'vitest';
import { finishesUploads } from '../../src/checks/finishes-uploads.js';
import { examplePlan } from '../support/plan.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => finishesUploads.judge(story.facts(), story.plan);
const upload = (story: Story, more: ExchangeStory = {}) =>
  story.exchange('slow-upload', { method: 'POST', path: '/', ...more });
const life = (plan = examplePlan()) => new Story(plan).life();
const calibrated = (story: Story, held: boolean, reason: string | null) =>
  story.event(-600, {
    type: 'upload-calibrated',
    method: 'POST',
    path: '/',
    held,
    status: 200,
    answeredAfterMs: 2,
    reason,
  });
const NAMED = examplePlan({ slow: [{ method: 'POST', path: '/files', headers: [], body: 'x' }] });

describe('finishes-uploads', () => {
  it('passes when it was read to its end and answered', () => {
    const verdict = judge(
      upload(calibrated(life(), true, null))
        .signal()
        .exit(700),
    );
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed: '1 of 1' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it.each(['reset', 'closed', 'short', 'timed-out', 'rejected'] as const)('fails when one of two was %s', (ending) => {
    const verdict = judge(
      upload(upload(calibrated(life(), true, null)), { ending, endedAt: 40 })
        .signal()
        .exit(700),
    );
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toMatch(/^1 answered, 1 .*, the first 40 ms after the signal$/);
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when it was answered with a server error that it does not get in peace', () => {
    const verdict = judge(
      upload(calibrated(life(), true, null), { status: 500 })
        .signal()
        .exit(700),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      observed:
        '1 answered (1 of them with status 500, which is not the normal one), the first 500 ms after the signal',
    });
  });

  it('says so when SIGKILL cut it', () => {
    expect(judge(upload(life(), { ending: 'reset', endedAt: 30_001 }).signal().killed(30_000)).observed).toBe(
      '1 reset, the first at SIGKILL',
    );
  });

  it('does not look at other requests', () => {
    expect(judge(upload(life()).exchange('slow-response', { ending: 'reset' }).signal().exit(700)).status).toBe('pass');
  });

  it('fails when the answer is of another kind than that of its calibration', () => {
    expect(
      judge(
        upload(calibrated(life(), true, null), { status: 404 })
          .signal()
          .exit(700),
      ).status,
    ).toBe('fail');
    expect(
      judge(
        upload(calibrated(life(), true, null), { status: 201 })
          .signal()
          .exit(700),
      ).status,
    ).toBe('pass');
  });

  it('is inconclusive when an orphan answered it', () => {
    const story = upload(life()).signal().event(5, { type: 'root-exited', code: null, signal: 'SIGTERM' });
    story
      .event(510, { type: 'process-gone', pid: 200, command: 'server' })
      .event(520, { type: 'life-ended', complete: true });
    expect(judge(story)).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('1 of 1 answered by a process that outlived') as string,
    });
  });

  it('is inconclusive when one that is known to hold was not in flight at the signal', () => {
    const verdict = judge(
      upload(calibrated(life(), true, null), { armed: false })
        .signal()
        .exit(700),
    );
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('not in flight at the signal') as string,
    });
    expect(verdict.evidence).toHaveLength(1);
    expect(
      judge(
        upload(calibrated(life(), true, null), { endedAt: -5 })
          .signal()
          .exit(700),
      ).status,
    ).toBe('inconclusive');
    expect(judge(calibrated(life(NAMED), true, null).signal().exit(700)).status).toBe('inconclusive');
  });

  it('is inconclusive when the tester had to end it', () => {
    expect(judge(upload(life(), { ending: 'ended-by-tester', endedAt: 1600 }).signal().exit(600)).status).toBe(
      'inconclusive',
    );
  });

  it('is inconclusive when the endpoint that was named does not hold an upload', () => {
    const verdict = judge(
      calibrated(life(NAMED), false, 'it answers without waiting for the body (200)').signal().exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      because: 'the upload could not be held (POST /: it answers without waiting for the body (200))',
    });
  });

  it('does not apply when no endpoint is known to read a body', () => {
    const verdict = judge(
      calibrated(life(), false, 'it answers without waiting for the body (404)').signal().exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('it answers without waiting for the body (404)') as string,
    });
    expect(judge(life().signal().exit(600))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('no upload was tried') as string,
    });
  });
});
