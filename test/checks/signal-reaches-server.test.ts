import { describe, expect, it } from 'vitest';
import { signalReachesServer } from '../../src/checks/signal-reaches-server.js';
import { workerPlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => signalReachesServer.judge(story.facts(), story.plan);
const wrapped = () => new Story().life('drain', { owner: 200 }).signal();
const orphan = (pid: number) => ({
  type: 'outlived-root' as const,
  processes: [{ pid, ppid: 1, command: 'node real-server.js' }],
});
const PASSED_ON = 'pid 100 (node server.js) passed it on to pid 200 (node real-server.js)';

describe('signal-reaches-server', () => {
  it('passes when the signalled process listens itself', () => {
    expect(judge(new Story().life().signal().exit(600))).toMatchObject({
      status: 'pass',
      scenario: 'drain',
      observed: 'pid 100 listens itself',
    });
  });

  it('passes when the signalled process shares the listener with its workers', () => {
    const story = new Story().life('drain', { owner: [200, 100] }).signal();
    expect(judge(story.killed(30_000))).toMatchObject({ status: 'pass', observed: 'pid 100 listens itself' });
  });

  it('passes when a wrapper passed it on and all were gone in time', () => {
    const verdict = judge(wrapped().exit(600));
    expect(verdict).toMatchObject({ status: 'pass', observed: PASSED_ON });
    expect(verdict.evidence).toHaveLength(2);
  });

  it('passes when the server behind a wrapper closed its listener, though it was killed', () => {
    expect(judge(wrapped().arrival(25).arrival(75, 'refused').killed(30_000))).toMatchObject({
      status: 'pass',
      observed: PASSED_ON,
    });
  });

  it('passes when the server behind a wrapper failed its readiness, though it was killed', () => {
    const story = wrapped().probes('readiness', 200, 0, 20).probes('readiness', 503, 30, 29_000);
    expect(judge(story.killed(30_000)).status).toBe('pass');
  });

  it.each([
    ['answered a new connection 503', (story: Story) => story.arrival(25, 'rejected')],
    [
      'said that it will close a connection',
      (story: Story) =>
        story.exchange('reused-connection', { openedAt: 25, endedAt: 26, more: { announcedClose: true } }),
    ],
  ])('passes when the server behind a wrapper %s, though it was killed', (_, react) => {
    expect(judge(react(wrapped()).killed(30_000))).toMatchObject({ status: 'pass', observed: PASSED_ON });
  });

  it('does not take resets and time-outs of a probe for a sign', () => {
    const story = wrapped()
      .probes('readiness', 200, 0, 20)
      .probes('readiness', 'reset', 30, 40)
      .probes('readiness', 'timed-out', 50, 29_000);
    expect(judge(story.killed(30_000)).status).toBe('fail');
  });

  it('fails when a wrapper swallowed it, and names both', () => {
    const verdict = judge(wrapped().probes('readiness', 200, 0, 29_990).arrival(25).killed(30_000));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed:
        'the parent process (pid 100, node server.js) got it; nothing shows that the server, pid 200 (node real-server.js), ever did',
      cure: expect.stringContaining('forward the signal') as string,
    });
    expect(verdict.evidence).not.toEqual([]);
  });

  it('fails when a wrapper died and left the server running', () => {
    const verdict = judge(
      wrapped()
        .event(5, { type: 'root-exited', code: null, signal: 'SIGTERM' })
        .event(1010, orphan(200))
        .killed(30_000),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      observed:
        'the parent process (pid 100, node server.js) ended after 5 ms and left the server, pid 200 (node real-server.js), running',
    });
  });

  it('fails when the server that was left had got it and ended by itself later', () => {
    const story = wrapped()
      .probes('readiness', 503, 30, 2000)
      .event(5, { type: 'root-exited', code: 0, signal: null })
      .event(1010, orphan(200));
    expect(
      judge(
        story
          .event(2500, { type: 'process-gone', pid: 200, command: 'node real-server.js' })
          .event(2510, { type: 'life-ended', complete: true }),
      ).status,
    ).toBe('fail');
  });

  it('leaves a process that does not listen to leaves-nothing-behind', () => {
    expect(judge(wrapped().event(1700, orphan(300)).exit(600)).status).toBe('pass');
  });

  describe('when the signal was brought along at the end of the grace period', () => {
    const PROCESSES = [
      { pid: 100, ppid: 1, command: 'npm start' },
      { pid: 150, ppid: 100, command: 'sh -c node real-server.js' },
      { pid: 200, ppid: 150, command: 'node real-server.js' },
    ];
    /** A chain of npm, a shell and the server: each is given the signal, 1.5 s apart. */
    const followed = (tell: (story: Story) => Story = (story) => story) => {
      const story = new Story()
        .life('drain', { owner: 200 })
        .processes(...PROCESSES)
        .signal();
      story.probes('readiness', 200, 0, 29_990).event(30_000, { type: 'grace-over', alive: PROCESSES });
      tell(story.follow(30_050, 150, 'sh -c node real-server.js').follow(31_550, 200));
      return judge(
        story.event(33_050, { type: 'killed', pids: [100] }).exit(33_060, { code: null, signal: 'SIGKILL' }),
      );
    };
    const gone = (pid: number, at: number) => (story: Story) =>
      story.event(at, { type: 'process-gone', pid, command: '' });

    it('fails for the process above the one that passed it on', () => {
      const verdict = followed(gone(200, 30_100));
      expect(verdict).toMatchObject({
        status: 'fail',
        observed:
          'npm (pid 100, npm start) kept it to itself; the server, pid 200 (node real-server.js), reacted only when the signal was given to it directly, after the grace period',
        cure: expect.stringContaining('node server.js in place of npm start') as string,
      });
      expect(verdict.evidence).toHaveLength(5);
    });

    it('fails for the process above the server when nothing else did anything', () => {
      expect(followed(gone(200, 31_600))).toMatchObject({
        status: 'fail',
        observed: expect.stringMatching(/^sh \(pid 150, sh -c node real-server.js\) kept it to itself/) as string,
        cure: expect.stringContaining('exec') as string,
      });
    });

    it('fails for the process above a shell that only died of it', () => {
      const verdict = followed((story) => gone(200, 31_600)(gone(150, 30_060)(story)));
      expect(verdict.observed).toMatch(/^npm \(pid 100, npm start\) kept it to itself/);
    });

    it.each([
      ['failed its readiness', (story: Story) => story.probes('readiness', 503, 31_600, 33_000)],
      ['closed its listener', (story: Story) => story.arrival(31_600, 'refused')],
      ['turned a connection away', (story: Story) => story.arrival(31_600, 'rejected')],
      [
        'said goodbye',
        (story: Story) =>
          story.exchange('reused-connection', { openedAt: 31_600, endedAt: 31_601, more: { announcedClose: true } }),
      ],
      ['sent GOAWAY', (story: Story) => story.event(31_600, { type: 'goaway', connection: 1, code: 0, lastStream: 1 })],
    ])('takes it for a reaction when the server %s', (_, react) => {
      expect(followed(react).observed).toMatch(/^sh \(pid 150/);
    });

    it('is inconclusive when the server did nothing then either', () => {
      expect(followed()).toMatchObject({
        status: 'inconclusive',
        because: expect.stringContaining('given the signal directly either') as string,
      });
      expect(followed(gone(150, 30_060)).status).toBe('inconclusive');
      expect(followed(gone(200, 33_060)).status).toBe('inconclusive');
    });

    it('fails without certainty when the server could not be given it', () => {
      const story = wrapped().event(30_000, { type: 'grace-over', alive: [] }).follow(30_050, 150, 'sh');
      expect(
        judge(story.event(31_600, { type: 'killed', pids: [] }).exit(31_605, { code: null, signal: 'SIGKILL' })),
      ).toMatchObject({ status: 'fail', observed: expect.stringContaining('nothing shows') as string });
    });

    it('passes when the server had reacted before', () => {
      const verdict = judge(
        wrapped()
          .probes('readiness', 200, 0, 20)
          .probes('readiness', 503, 30, 29_000)
          .event(30_000, { type: 'grace-over', alive: [] })
          .follow(30_050, 200)
          .event(30_200, { type: 'killed', pids: [] })
          .exit(30_100),
      );
      expect(verdict).toMatchObject({ status: 'pass', observed: PASSED_ON });
    });
  });

  it('is inconclusive when nobody is known to listen', () => {
    expect(judge(new Story().life('drain', { owner: [] }).signal().exit(600)).status).toBe('inconclusive');
  });
});

describe('signal-reaches-server of a queue worker', () => {
  const SHELL = { pid: 100, ppid: 1, command: 'sh -c node worker.js' };
  const WORKER = { pid: 101, ppid: 100, command: 'node worker.js' };
  const under = () =>
    new Story(workerPlan())
      .worker('drain', 'scenario', SHELL.command)
      .processes(SHELL, WORKER)
      .signal()
      .task('7', -100, 300);

  it('passes when the worker was started itself', () => {
    const story = new Story(workerPlan()).worker().signal().task('7', -100, 300).exit(320);
    expect(judge(story)).toMatchObject({ status: 'pass', observed: 'pid 100 works itself' });
  });

  it('passes when what was started passed it on', () => {
    expect(judge(under().exit(320)).status).toBe('pass');
  });

  it('fails when a shell died of it and left the worker running', () => {
    const story = under()
      .exit(5, { code: null, signal: 'SIGTERM' })
      .event(1100, { type: 'outlived-root', processes: [WORKER] });
    expect(judge(story)).toMatchObject({
      status: 'fail',
      expected: 'the process that takes the jobs gets the signal',
      observed: expect.stringContaining('left the worker, pid 101 (node worker.js), running') as string,
    });
  });

  it('fails when the worker ended only when it was given the signal itself', () => {
    const story = under()
      .event(3000, { type: 'grace-over', alive: [SHELL, WORKER] })
      .follow(3001, 101, WORKER.command)
      .event(3100, { type: 'process-gone', pid: 101, command: WORKER.command })
      .killed(4600);
    expect(judge(story)).toMatchObject({
      status: 'fail',
      observed: expect.stringContaining('kept it to itself') as string,
    });
  });
});
