import { describe, expect, it } from 'vitest';
import { finishesStreams } from '../../src/checks/finishes-streams.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => finishesStreams.judge(story.facts(), story.plan);
const life = (story = new Story()) => story.life('streams');
const chunked = { more: { framing: 'chunked' } } as const;
const untilClose = { more: { framing: 'close' } } as const;
const stream = (story: Story, more: ExchangeStory = {}) =>
  story.exchange('stream', { path: '/events', ...chunked, ...more });

describe('finishes-streams', () => {
  it('passes when each came to its own end', () => {
    const story = stream(stream(life()), { endedAt: 320 }).exchange('grpc-stream', { endedAt: 100 });
    const verdict = judge(story.signal().exit(600));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'streams',
      observed: '3 of 3, the last ended after 500 ms',
      because: null,
    });
    expect(verdict.evidence).toHaveLength(3);
  });

  it.each([
    ['short', '1 cut short'],
    ['reset', '1 reset'],
    ['closed', '1 closed without an answer'],
    ['rejected', '1 rejected with 503'],
  ] as const)('fails when one was %s', (ending, words) => {
    const verdict = judge(
      stream(stream(life(), { ending, endedAt: 3 }))
        .signal()
        .exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: `${words}, 1 ended properly, the first 3 ms after the signal`,
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when a gRPC stream ended with an error', () => {
    const story = life().exchange('grpc-stream', { status: 500, more: { framing: null } });
    expect(judge(story.signal().exit(600)).observed).toBe('1 ended with an error, the first 500 ms after the signal');
  });

  describe('when it was killed', () => {
    const held = (story?: Story) => stream(life(story), { ending: 'short', endedAt: 30_001 }).signal().killed(30_000);

    it('fails for a stream that was open until then', () => {
      expect(judge(held())).toMatchObject({ status: 'fail', observed: '1 held the exit until SIGKILL' });
      expect(judge(stream(life(), { endedAt: null }).signal().killed(30_000)).status).toBe('fail');
      expect(judge(stream(life(), { ending: 'ended-by-tester', endedAt: 31_000 }).signal().killed(30_000)).status).toBe(
        'fail',
      );
    });

    it('does not say that it held the exit when it does not end without it either', () => {
      expect(judge(held(new Story().life().signal().killed(30_000)))).toMatchObject({
        status: 'fail',
        observed: '1 open until SIGKILL',
      });
    });

    it('passes when the streams had ended before', () => {
      expect(judge(stream(life()).signal().killed(30_000)).status).toBe('pass');
    });
  });

  describe('when only the end of the connection ends it', () => {
    it('passes with a note when that came 50 ms before the death', () => {
      expect(
        judge(
          stream(life(), { ...untilClose, endedAt: 549 })
            .signal()
            .exit(600),
        ),
      ).toMatchObject({
        status: 'pass',
        because: expect.stringContaining('only the end of the connection ends it') as string,
      });
    });

    it('is inconclusive when it came with the death', () => {
      expect(
        judge(
          stream(life(), { ...untilClose, endedAt: 550 })
            .signal()
            .exit(600),
        ),
      ).toMatchObject({
        status: 'inconclusive',
        because: 'only the end of the connection ends it, and a crash looks the same; use chunked encoding',
      });
    });

    it('fails when another was cut', () => {
      const story = stream(stream(life(), { ...untilClose, endedAt: 600 }), { ending: 'reset' });
      expect(judge(story.signal().exit(600)).status).toBe('fail');
    });
  });

  it('is inconclusive when the tester ended one, or an orphan did', () => {
    expect(judge(stream(life(), { ending: 'ended-by-tester', endedAt: 1600 }).signal().exit(600)).status).toBe(
      'inconclusive',
    );
    const story = stream(life()).signal().event(5, { type: 'root-exited', code: null, signal: 'SIGTERM' });
    story.event(520, { type: 'process-gone', pid: 200, command: 'node real-server.js' });
    expect(judge(story.event(530, { type: 'life-ended', complete: true }))).toMatchObject({
      status: 'inconclusive',
      because: expect.stringContaining('outlived') as string,
    });
  });

  it('is inconclusive when one is known and was not open', () => {
    const story = stream(life(), { armed: false, notArmed: 'the target has not read it' }).signal().exit(600);
    expect(judge(story)).toMatchObject({
      status: 'inconclusive',
      because: '/events was not open at the signal: the target has not read it',
    });
    expect(judge(stream(life(), { endedAt: -20 }).signal().exit(600)).because).toBe(
      '/events was not open at the signal: it had ended before',
    );
    expect(judge(life().endpointOf('stream', '/sse').signal().exit(600)).because).toContain('/sse');
  });

  it('does not apply when no stream is known', () => {
    const story = life().endpointOf('websocket', '/ws').websocket('quiet-websocket').signal().exit(600);
    expect(judge(story)).toMatchObject({
      status: 'skip',
      because: 'no stream is known; name one with --stream <path>',
    });
  });
});
