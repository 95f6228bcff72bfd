import { describe, expect, it } from 'vitest';
import { keepsLiveness } from '../../src/checks/keeps-liveness.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => keepsLiveness.judge(story.facts(), story.plan);
const signalled = () => new Story().life().endpoint('liveness', '/live').signal();
/** Good until 1000 ms, refused from 1010 ms on. */
const refused = () => signalled().probes('liveness', 200, -100, 1000).probes('liveness', 'refused', 1010, 1900);

describe('keeps-liveness', () => {
  it('passes when it was good to the end', () => {
    const verdict = judge(signalled().probes('liveness', 200, 0, 590).exit(600));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'drain',
      observed: '/live: 60 good answers, to the end',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes when it was refused in the last moment of the process only', () => {
    expect(
      judge(signalled().probes('liveness', 200, 0, 580).probes('liveness', 'refused', 590, 700).exit(600)).observed,
    ).toContain('to the end');
  });

  it.each([400, 404, 500, 503])('fails when it answered %i once', (status) => {
    const verdict = judge(
      signalled()
        .probes('liveness', 200, 0, 10)
        .probes('liveness', status, 20, 20)
        .probes('liveness', 200, 30, 590)
        .exit(600),
    );
    expect(verdict).toMatchObject({ status: 'fail', observed: `/live answered ${status} 22 ms after the signal` });
    expect(verdict.expected).not.toBeNull();
  });

  it('fails when it answered badly beside being refused', () => {
    expect(judge(refused().probes('liveness', 503, 1910, 1920).exit(2000)).status).toBe('fail');
  });

  it('takes 302 for good', () => {
    expect(judge(signalled().probes('liveness', 302, 0, 590).exit(600)).status).toBe('pass');
  });

  it('passes, noted, when it was refused for less than a second', () => {
    expect(judge(refused().exit(2009))).toMatchObject({ status: 'pass', observed: 'refused for the last 999 ms' });
  });

  it('warns when it was refused for a second', () => {
    const verdict = judge(refused().exit(2010));
    expect(verdict).toMatchObject({
      status: 'warn',
      observed: 'refused for the last 1 s',
      because: expect.stringContaining('supervisor') as string,
    });
  });

  it('counts to the kill', () => {
    expect(judge(refused().killed(30_000))).toMatchObject({
      status: 'warn',
      observed: expect.stringContaining('28.99 s') as string,
    });
  });

  it.each(['reset', 'closed'] as const)(
    'takes one probe that was %s in the accept queue for a part of the closing',
    (outcome) => {
      const story = signalled()
        .probes('liveness', 200, 0, 990)
        .probes('liveness', outcome, 1000, 1000)
        .probes('liveness', 'refused', 1010, 1900);
      expect(judge(story.exit(2000))).toMatchObject({ status: 'pass', observed: 'refused for the last 990 ms' });
    },
  );

  it.each(['reset', 'closed'] as const)(
    'takes it for that, too, when it was %s and the refusals come in the last moment of the process',
    (outcome) => {
      const dying = () => signalled().probes('liveness', 200, 0, 540).probes('liveness', outcome, 545, 545);
      expect(judge(dying().probes('liveness', 'refused', 555, 700).exit(600))).toMatchObject({
        status: 'pass',
        observed: expect.stringContaining('to the end') as string,
      });
      expect(judge(dying().exit(600)).status).toBe('warn');
    },
  );

  it.each([
    ['passes', 1090, 'pass', '990 ms'],
    ['warns', 1100, 'warn', '1 s'],
  ] as const)('%s when it was refused for a while and good again at %i ms', (_, back, status, width) => {
    const verdict = judge(
      signalled()
        .probes('liveness', 200, 0, 90)
        .probes('liveness', 'refused', 100, back - 10)
        .probes('liveness', 200, back, 4990)
        .exit(5000),
    );
    expect(verdict).toMatchObject({ status, observed: `refused for ${width}, then good again` });
  });

  it('does not take a run of resets for a part of the closing', () => {
    const story = signalled()
      .probes('liveness', 200, 0, 990)
      .probes('liveness', 'reset', 1000, 1100)
      .probes('liveness', 'refused', 1110, 1900);
    expect(judge(story.exit(2000))).toMatchObject({ status: 'warn', observed: '/live was reset 1 s after the signal' });
  });

  it.each([
    ['reset', 'reset'],
    ['timed-out', 'not answered in time'],
  ] as const)('warns when it was %s in the midst of the drain', (outcome, words) => {
    const verdict = judge(
      signalled()
        .probes('liveness', 200, 0, 90)
        .probes('liveness', outcome, 100, 120)
        .probes('liveness', 200, 130, 590)
        .exit(600),
    );
    expect(verdict).toMatchObject({ status: 'warn', observed: `/live was ${words} 102 ms after the signal` });
  });

  it('is inconclusive about a missing answer when our own probe was late', () => {
    const late = (maxLateMs: number) =>
      signalled().probes('liveness', 200, 0, 90).probes('liveness', 'timed-out', 100, 120, { maxLateMs }).exit(600);
    expect(judge(late(1001)).status).toBe('inconclusive');
    expect(judge(late(1000)).status).toBe('warn');
  });

  it('does not look at answers from before the signal', () => {
    expect(
      judge(
        new Story()
          .life()
          .endpoint('liveness', '/live')
          .probes('liveness', 503, -100, -60)
          .signal()
          .probes('liveness', 200, -50, 590)
          .exit(600),
      ).status,
    ).toBe('pass');
  });

  it.each([
    [503, '503'],
    ['refused', 'refused'],
  ] as const)('is inconclusive when it was failing before the signal already (%s)', (outcome, words) => {
    const verdict = judge(
      new Story().life().endpoint('liveness', '/live').signal().probes('liveness', outcome, -100, 590).exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      because: `/live was failing before the signal already (${words})`,
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('does not apply when it was gone before it was asked again', () => {
    expect(judge(signalled().probes('liveness', 200, -100, -5).exit(3))).toMatchObject({
      status: 'skip',
      because: 'it was gone 3 ms after the signal, before liveness was asked again',
    });
  });

  it('does not apply without an endpoint', () => {
    const without = (how: 'not-found' | 'none-given') =>
      new Story().life().endpoint('liveness', null, { how }).signal().exit(600);
    expect(judge(without('not-found'))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('among 36 paths') as string,
    });
    expect(judge(without('none-given'))).toMatchObject({
      status: 'skip',
      because: expect.stringContaining('--live none') as string,
    });
  });

  it('is inconclusive when the recording does not say which endpoint it is', () => {
    expect(judge(new Story().life().signal().exit(600)).status).toBe('inconclusive');
  });
});
