import { describe, expect, it } from 'vitest';
import { signalReachesServer } from '../../src/checks/signal-reaches-server.js';
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
        'pid 100 (node server.js) got it; nothing shows that the server, pid 200 (node real-server.js), ever did',
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
      observed: 'pid 100 (node server.js) ended after 5 ms and left the server, pid 200 (node real-server.js), running',
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

  it('is inconclusive when nobody is known to listen', () => {
    expect(judge(new Story().life('drain', { owner: [] }).signal().exit(600)).status).toBe('inconclusive');
  });
});
