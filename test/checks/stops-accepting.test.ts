import { describe, expect, it } from 'vitest';
import { stopsAccepting } from '../../src/checks/stops-accepting.js';
import { urlPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => stopsAccepting.judge(story.facts(), story.plan);
const signalled = () => new Story().life().signal();

describe('stops-accepting', () => {
  it.each([
    ['refused', '1 answered, 1 refused'],
    ['rejected', '1 answered, 1 rejected with 503'],
  ] as const)('passes when a new connection was %s before the exit', (ending, observed) => {
    const verdict = judge(signalled().arrival(25).arrival(75, ending).exit(600));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes when the listener was seen to be closed by the probes only', () => {
    const verdict = judge(
      signalled().probes('liveness', 200, 0, 90).arrival(25).probes('liveness', 'refused', 100, 590).exit(600),
    );
    expect(verdict).toMatchObject({ status: 'pass', observed: 'the listener was closed 102 ms after the signal' });
  });

  it('passes when it was killed long after it had closed its listener', () => {
    expect(judge(signalled().arrival(25).arrival(75, 'refused').killed(30_000)).status).toBe('pass');
  });

  it('passes when it served to the end and all that it took was finished', () => {
    const verdict = judge(signalled().arrival(25).exchange('new-work', { openedAt: 30, endedAt: 560 }).exit(600));
    expect(verdict).toMatchObject({ status: 'pass', observed: '2 answered; all that was taken was finished' });
  });

  it('is inconclusive when it served to the end and nothing could have been cut', () => {
    const verdict = judge(signalled().arrival(25).arrival(575).exit(600));
    expect(verdict).toMatchObject({ status: 'inconclusive', because: expect.stringContaining('--slow') as string });
  });

  it.each(['reset', 'closed', 'short', 'timed-out'] as const)(
    'fails when it served to its death and the last work was %s',
    (ending) => {
      const verdict = judge(
        signalled().arrival(25).exchange('new-work', { openedAt: 530, endedAt: 600, ending }).exit(600),
      );
      expect(verdict.status).toBe('fail');
      expect(verdict.observed).toMatch(/^1 answered, 1 /);
      expect(verdict.expected).not.toBeNull();
    },
  );

  describe.each(['rejected', 'refused'] as const)('when one was %s', (ending) => {
    it.each(['reset', 'closed', 'short', 'timed-out'] as const)('fails when a later one was %s', (cut) => {
      const verdict = judge(
        signalled()
          .arrival(25)
          .arrival(75, ending)
          .exchange('new-work', { openedAt: 280, endedAt: 600, ending: cut })
          .exit(600),
      );
      expect(verdict.status).toBe('fail');
      expect(verdict.observed).toMatch(/^1 answered, 1 .*, 1 /);
      expect(verdict.evidence).toHaveLength(1);
    });

    it('passes when what was cut had come before', () => {
      expect(
        judge(
          signalled()
            .exchange('new-work', { openedAt: 30, endedAt: 600, ending: 'reset' })
            .arrival(75, ending)
            .exit(600),
        ).status,
      ).toBe('pass');
    });

    it('passes when later ones were answered', () => {
      expect(judge(signalled().arrival(75, ending).arrival(125).exit(600)).status).toBe('pass');
    });
  });

  it('passes when the later one was reset in the accept queue as the listener closed', () => {
    const story = signalled()
      .arrival(75, 'rejected')
      .probes('liveness', 200, 0, 190)
      .arrival(192, 'reset', { endedAt: 196 })
      .probes('liveness', 'refused', 200, 900);
    expect(judge(story.exit(1000)).status).toBe('pass');
  });

  it('fails when it was killed while it was still taking work', () => {
    const verdict = judge(
      signalled().arrival(25).exchange('new-work', { openedAt: 29_000, endedAt: 29_600 }).killed(30_000),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: '2 answered; it was still taking work when it was killed',
    });
  });

  it.each([
    ['the teardown of its death', 551, 'inconclusive'],
    ['a decision', 550, 'pass'],
  ] as const)('takes a refusal for %s when it came at %i of 600 ms', (_, at, status) => {
    expect(judge(signalled().arrival(25).arrival(at, 'refused').exit(600)).status).toBe(status);
  });

  it('does not apply when it was gone before a new connection could be tried', () => {
    expect(judge(signalled().arrival(25, 'refused').exit(3))).toMatchObject({
      status: 'skip',
      because: 'it was gone 3 ms after the signal, before a new connection could be tried',
    });
  });

  it('is inconclusive when the recording ends before the target did', () => {
    expect(judge(signalled().arrival(25).arrival(75, 'refused')).status).toBe('inconclusive');
  });
});

describe('stops-accepting, behind a URL', () => {
  /** Readiness fails at 112 ms; a slow request is answered at 900 ms, which is the last sign of life. */
  const leaving = () =>
    new Story(urlPlan())
      .taken('url')
      .probes('readiness', 200, -90, 100)
      .stop()
      .probes('readiness', 503, 110, 190)
      .exchange('slow-response', { openedAt: -50, endedAt: 900 });

  it.each([
    ['refused', '1 answered, 1 refused'],
    ['rejected', '1 answered, 1 rejected with 503'],
  ] as const)('passes when a new connection was %s while others were still served', (ending, observed) => {
    const verdict = judge(leaving().arrival(150).arrival(250, ending).settled(4000, false));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed });
  });

  it('proves nothing by refusals after the last sign of life', () => {
    const story = leaving().exchange('new-work', { openedAt: 150, endedAt: 400 });
    expect(judge(story.arrival(870, 'refused').arrival(950, 'refused').settled(4000, false))).toMatchObject({
      status: 'pass',
      observed: '1 answered; all that was taken was finished',
    });
    expect(judge(leaving().arrival(150).arrival(950, 'refused').settled(4000, false)).status).toBe('inconclusive');
  });

  it('fails when what it took was cut', () => {
    const story = leaving().arrival(150).exchange('new-work', { openedAt: 300, endedAt: 900, ending: 'reset' });
    expect(judge(story.settled(4000, false))).toMatchObject({ status: 'fail', observed: '1 answered, 1 reset' });
  });

  it('does not apply when nothing could be tried between the first sign and the last', () => {
    const story = new Story(urlPlan()).taken('url').stop().arrival(100).arrival(150, 'reset').arrival(200, 'refused');
    expect(judge(story.settled(4000, false)).status).toBe('skip');
  });

  it('is inconclusive when it goes on serving, or before traffic was steady', () => {
    expect(judge(leaving().arrival(150).settled(4000, true)).status).toBe('inconclusive');
    expect(judge(leaving().arrival(150)).status).toBe('inconclusive');
  });
});
