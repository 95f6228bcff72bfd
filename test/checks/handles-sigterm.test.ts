import { describe, expect, it } from 'vitest';
import { handlesSigterm } from '../../src/checks/handles-sigterm.js';
import { processPlan, workerPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => handlesSigterm.judge(story.facts(), story.plan);
const BY_SIGNAL = { code: null, signal: 'SIGTERM' };

describe('handles-sigterm', () => {
  it.each([0, 1, 143])('passes when it ended by its own exit with %i', (code) => {
    const verdict = judge(new Story().life().exchange('slow-response').signal().exit(600, { code }));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'drain',
      observed: 'it ended by its own exit after 600 ms',
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes by its own exit with nothing in flight', () => {
    expect(judge(new Story().life().signal().exit(3)).status).toBe('pass');
  });

  it('passes when the work survived and the signal was raised again', () => {
    const verdict = judge(
      new Story().life().exchange('slow-response').exchange('slow-upload').signal().exit(600, BY_SIGNAL),
    );
    expect(verdict).toMatchObject({ status: 'pass', observed: 'work survived, then it ended by SIGTERM' });
  });

  it.each([
    ['reset', '1 reset'],
    ['closed', '1 closed without an answer'],
    ['short', '1 cut short'],
  ] as const)('fails when it died of the signal and work was %s', (ending, words) => {
    const story = new Story()
      .life()
      .exchange('slow-response', { endedAt: 2 })
      .exchange('slow-response', { ending, endedAt: 3 });
    const verdict = judge(story.signal().exit(3, BY_SIGNAL));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: `it died of SIGTERM itself after 3 ms with 1 request in flight: ${words}`,
    });
    expect(verdict.expected).not.toBeNull();
  });

  it('is inconclusive when it died of the signal with nothing in flight', () => {
    const verdict = judge(new Story().life().exchange('slow-response', { endedAt: -20 }).signal().exit(3, BY_SIGNAL));
    expect(verdict).toMatchObject({ status: 'inconclusive', because: expect.stringContaining('--slow') as string });
  });

  it('fails when nothing reacted until SIGKILL', () => {
    const verdict = judge(
      new Story()
        .life()
        .endpoint('readiness', '/ready')
        .exchange('slow-response')
        .signal()
        .probes('readiness', 200, 0, 29_990)
        .arrival(25)
        .killed(30_000),
    );
    expect(verdict).toMatchObject({ status: 'fail', observed: 'no reaction to SIGTERM until SIGKILL after 30 s' });
    expect(verdict.evidence).toHaveLength(2);
  });

  describe('passes although it was killed', () => {
    const signalled = () =>
      new Story().life().exchange('reused-connection', { connection: 1, openedAt: -50, endedAt: -49 }).signal();

    it('when readiness changed', () => {
      const verdict = judge(
        signalled().probes('readiness', 200, -50, 0).probes('readiness', 503, 10, 29_990).killed(30_000),
      );
      expect(verdict).toMatchObject({ status: 'pass', observed: 'readiness changed after 12 ms' });
    });

    it('when the listener was closed', () => {
      const verdict = judge(signalled().arrival(25).arrival(75, 'refused').killed(30_000));
      expect(verdict).toMatchObject({ status: 'pass', observed: 'the listener was closed after 76 ms' });
    });

    it('when an answer on a kept connection said that it will be closed', () => {
      const story = signalled().exchange('reused-connection', {
        connection: 1,
        openedAt: 25,
        endedAt: 26,
        more: { announcedClose: true },
      });
      expect(judge(story.killed(30_000))).toMatchObject({
        status: 'pass',
        observed: 'Connection: close was said after 26 ms',
      });
    });

    it('when a new connection was rejected', () => {
      expect(judge(signalled().arrival(25, 'rejected').killed(30_000))).toMatchObject({
        status: 'pass',
        observed: 'new connections were answered 503 after 26 ms',
      });
    });
  });

  describe('when work was cut', () => {
    const cut = (life = new Story().life()) =>
      life.exchange('slow-response', { ending: 'reset', endedAt: 300 }).signal();

    it.each(['SIGSEGV', 'SIGABRT', 'SIGKILL'])('fails when it died of %s', (signal) => {
      const verdict = judge(cut().exit(300, { code: null, signal }));
      expect(verdict).toMatchObject({
        status: 'fail',
        observed: `it died of ${signal} after 300 ms with 1 request in flight: 1 reset`,
      });
      expect(verdict.evidence).toHaveLength(2);
    });

    it('fails when a wrapper tells by its exit code that the signal ended the server', () => {
      const verdict = judge(cut(new Story().life('drain', { owner: 200 })).exit(300, { code: 143 }));
      expect(verdict).toMatchObject({
        status: 'fail',
        observed: 'it died of SIGTERM itself after 300 ms with 1 request in flight: 1 reset',
      });
    });

    it('passes when the server itself exits with that code', () => {
      expect(judge(cut().exit(300, { code: 143 }))).toMatchObject({
        status: 'pass',
        observed: 'it ended by its own exit after 300 ms',
      });
    });

    it.each(['SIGTERM', 'SIGSEGV'])('passes when readiness had failed before it ended by %s', (signal) => {
      const verdict = judge(
        cut().probes('readiness', 200, -50, 0).probes('readiness', 503, 10, 290).exit(300, { code: null, signal }),
      );
      expect(verdict).toMatchObject({
        status: 'pass',
        observed: `readiness changed after 12 ms; it ended by ${signal} after 300 ms`,
      });
      expect(verdict.evidence).toHaveLength(2);
    });

    it.each([
      [
        'a new connection was rejected',
        'new connections were answered 503 after 26 ms',
        (story: Story) => story.arrival(25, 'rejected'),
      ],
      [
        'the close was announced',
        'Connection: close was said after 26 ms',
        (story: Story) =>
          story.exchange('reused-connection', { openedAt: 25, endedAt: 26, more: { announcedClose: true } }),
      ],
    ])('passes when %s before it ended by the signal', (_, words, react) => {
      expect(judge(react(cut()).exit(300, BY_SIGNAL))).toMatchObject({
        status: 'pass',
        observed: `${words}; it ended by SIGTERM after 300 ms`,
      });
    });

    it.each([
      ['passes', 326, 'pass'],
      ['fails', 325, 'fail'],
    ] as const)('%s when the listener was closed at 76 ms and it ended by the signal at %i ms', (_, at, status) => {
      expect(judge(cut().arrival(25).arrival(75, 'refused').exit(at, BY_SIGNAL)).status).toBe(status);
    });
  });

  it('does not take an announcement from before the signal for a reaction', () => {
    const story = new Story()
      .life()
      .exchange('reused-connection', { openedAt: -50, endedAt: -49, more: { announcedClose: true } })
      .signal()
      .killed(30_000);
    expect(judge(story).status).toBe('fail');
  });

  it('leaves it to signal-reaches-server when a wrapper swallowed the signal', () => {
    const verdict = judge(new Story().life('drain', { owner: 200 }).exchange('slow-response').signal().killed(30_000));
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('signal-reaches-server') as string,
    });
  });

  describe('when the signal was brought to the server at the end of the grace period', () => {
    const followed = () =>
      new Story()
        .life('drain', { owner: 200 })
        .exchange('slow-response')
        .signal()
        .event(30_000, { type: 'grace-over', alive: [] })
        .follow(30_050, 200);

    it('leaves it to signal-reaches-server when it reacted then', () => {
      const story = followed().event(30_100, { type: 'process-gone', pid: 200, command: 'node real-server.js' });
      expect(judge(story.event(30_200, { type: 'killed', pids: [] }).exit(30_110))).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('signal-reaches-server') as string,
      });
    });

    it('cannot tell when it did nothing then either: it may wait before it shows anything', () => {
      const story = followed().event(31_550, { type: 'killed', pids: [100, 200] });
      const verdict = judge(story.exit(31_560, { code: null, signal: 'SIGKILL' }));
      expect(verdict).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('nothing was seen of the server, pid 200') as string,
      });
      expect(verdict.evidence).toHaveLength(1);
    });

    it('does not take the end of its wrapper for an exit of its own', () => {
      const story = followed().event(31_550, { type: 'killed', pids: [200] });
      expect(judge(story.exit(31_560, { code: 1 })).status).toBe('inconclusive');
    });
  });

  it('leaves it to signal-reaches-server when a wrapper died and left the server', () => {
    const story = new Story()
      .life('drain', { owner: 200 })
      .exchange('slow-response')
      .signal()
      .event(5, { type: 'root-exited', ...BY_SIGNAL });
    const verdict = judge(
      story
        .event(1010, { type: 'outlived-root', processes: [{ pid: 200, ppid: 1, command: 'node real-server.js' }] })
        .killed(30_000),
    );
    expect(verdict.status).toBe('inconclusive');
  });

  it('passes when the server that a wrapper left behind had got it', () => {
    const story = new Story()
      .life('drain', { owner: 200 })
      .exchange('slow-response')
      .signal()
      .probes('readiness', 503, 20, 2000)
      .event(5, { type: 'root-exited', code: 0, signal: null });
    story.event(1010, { type: 'outlived-root', processes: [{ pid: 200, ppid: 1, command: 'node real-server.js' }] });
    expect(
      judge(
        story
          .event(2500, { type: 'process-gone', pid: 200, command: 'node real-server.js' })
          .event(2510, { type: 'life-ended', complete: true }),
      ).status,
    ).toBe('pass');
  });

  it('passes by its own exit when it left others to be killed', () => {
    const story = new Story()
      .life()
      .exchange('slow-response')
      .signal()
      .event(600, { type: 'root-exited', code: 0, signal: null });
    expect(judge(story.killed(30_000))).toMatchObject({
      status: 'pass',
      observed: 'it ended by its own exit after 600 ms',
    });
  });

  it('is inconclusive when the recording ends before the target did', () => {
    expect(judge(new Story().life().exchange('slow-response').signal()).status).toBe('inconclusive');
  });
});

describe('handles-sigterm, of a process whose exit status is told to its parent alone', () => {
  const UNSEEN = { code: null, signal: null };
  const taken = () => new Story(processPlan()).taken('process');

  it('passes when the work survived', () => {
    const verdict = judge(taken().exchange('slow-response').exchange('slow-upload').signal().exit(600, UNSEEN));
    expect(verdict).toMatchObject({ status: 'pass', observed: 'work survived, then it was gone after 600 ms' });
    expect(verdict.evidence).toHaveLength(3);
  });

  it('passes when clients saw a reaction, also when work was cut', () => {
    const story = taken().exchange('slow-response', { ending: 'reset', endedAt: 600 }).signal();
    const verdict = judge(story.arrival(25, 'rejected').exit(600, UNSEEN));
    expect(verdict).toMatchObject({
      status: 'pass',
      observed: 'new connections were answered 503 after 26 ms; it was gone after 600 ms',
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  it.each([
    ['nothing was in flight', () => taken().signal()],
    ['work was cut', () => taken().exchange('slow-response', { ending: 'reset', endedAt: 3 }).signal()],
    [
      'some of the work was cut',
      () =>
        taken()
          .exchange('slow-response', { endedAt: 2 })
          .exchange('slow-response', { ending: 'reset', endedAt: 3 })
          .signal(),
    ],
    ['its death alone closed the listener', () => taken().signal().arrival(1).arrival(2, 'refused')],
  ])('proves nothing when %s and nothing was seen before', (_, story) => {
    const verdict = judge(story().exit(3, UNSEEN));
    expect(verdict).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('told to its parent alone') as string,
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  describe('that ran until SIGKILL', () => {
    const killed = (story: Story) => {
      story.event(30_000, { type: 'grace-over', alive: [] }).event(30_000, { type: 'killed', pids: [100] });
      return story.exit(30_003, UNSEEN);
    };

    it('fails without a reaction', () => {
      const verdict = judge(killed(taken().exchange('slow-response').signal().arrival(25)));
      expect(verdict).toMatchObject({ status: 'fail', observed: 'no reaction to SIGTERM until SIGKILL after 30 s' });
      expect(verdict.evidence).toHaveLength(2);
    });

    it('says so of a stop command, too', () =>
      expect(judge(killed(taken().stop().arrival(25))).observed).toBe(
        'no reaction to the stop until SIGKILL after 30 s',
      ));

    it('passes when it had reacted', () =>
      expect(judge(killed(taken().signal().arrival(25).arrival(75, 'refused'))).status).toBe('pass'));

    it('is not judged as one that ended by itself, for its clients left before', () => {
      const story = taken().exchange('stream', { ending: 'ended-by-tester', endedAt: 30_011 }).signal();
      story.event(30_000, { type: 'grace-over', alive: [] }).left(30_010, ['stream'], true);
      expect(judge(story.event(30_100, { type: 'killed', pids: [] }).exit(30_050, UNSEEN)).status).toBe('fail');
    });
  });
});

describe('handles-sigterm of a queue worker', () => {
  const life = () => new Story(workerPlan()).worker().signal();

  it('passes when it ended by its own exit', () => {
    expect(judge(life().task('7', -100, null).exit(5))).toMatchObject({ status: 'pass' });
  });

  it('fails when it died of the signal with a job in hand', () => {
    const verdict = judge(life().task('7', -100, null).exit(5, { code: null, signal: 'SIGTERM' }));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: 'it died of SIGTERM itself after 5 ms with job 7 in hand',
    });
  });

  it('passes when the job was finished before it ended by the signal', () => {
    const verdict = judge(life().task('7', -100, 300).exit(320, { code: null, signal: 'SIGTERM' }));
    expect(verdict.status).toBe('pass');
  });

  it('cannot tell when it died of the signal with nothing in hand', () => {
    const verdict = judge(life().task('7', -100, -5).exit(320, { code: null, signal: 'SIGTERM' }));
    expect(verdict.status).toBe('inconclusive');
  });

  it('fails when it went on until it was killed', () => {
    const verdict = judge(life().task('7', -100, 300).task('8', 310, 600).killed(3000).next(['9']));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: 'it went on with 1 more job after SIGTERM, until SIGKILL after 3 s',
    });
  });

  it('passes when it left waiting jobs alone, though it did not end', () => {
    expect(judge(life().task('7', -100, 300).killed(3000).next(['9'])).status).toBe('pass');
  });

  it('cannot tell when it had nothing to do, or one long job', () => {
    expect(judge(life().task('7', -100, 300).killed(3000).next([])).status).toBe('inconclusive');
    expect(judge(life().task('7', -100, null).killed(3000).next(['9'])).status).toBe('inconclusive');
  });
});
