import { describe, expect, it } from 'vitest';
import { closesWebsockets } from '../../src/checks/closes-websockets.js';
import type { EventOf } from '../../src/recording/events.js';
import { examplePlan, urlPlan } from '../support/plan.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => closesWebsockets.judge(story.facts(), story.plan);
const life = (plan = examplePlan()) => new Story(plan).life('streams');
const given = (...closeCodes: number[]) =>
  examplePlan({ websocket: { ...examplePlan().websocket, closeCodes, closeCodesGiven: true } });
/** A quiet WebSocket that is closed as it should be, and a talking one that is closed as told. */
const pair = (
  close: Partial<EventOf<'websocket-closed'>> | null = {},
  more: ExchangeStory = {},
  plan = examplePlan(),
) => life(plan).websocket('quiet-websocket').websocket('talking-websocket', close, more).signal();
const died = (ending: 'closed' | 'reset', endedAt = 3): [null, ExchangeStory] => [null, { ending, endedAt }];

describe('closes-websockets', () => {
  it('passes when each got a close frame', () => {
    const verdict = judge(pair().exit(600));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'streams',
      observed: '2 of 2 closed with 1001',
      because: null,
    });
    expect(verdict.evidence).toHaveLength(2);
  });

  it.each([1000, 1001, 1012])('passes with %i', (code) => {
    expect(judge(pair({ code }).exit(600)).status).toBe('pass');
  });

  it('says which codes there were', () => {
    expect(judge(pair({ code: 1012 }).exit(600)).observed).toBe('1 closed with 1001, 1 closed with 1012');
  });

  it('notes a TCP connection that was left open', () => {
    expect(judge(pair({ tcp: 'open' }).exit(600))).toMatchObject({
      status: 'pass',
      because: 'the server sent its close frame and left the TCP connection open',
    });
  });

  it.each([
    ['closed', 'FIN'],
    ['reset', 'RST'],
  ] as const)('fails when one was %s without a close frame', (ending, how) => {
    const verdict = judge(pair(...died(ending)).exit(3));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: `1 closed with 1001, 1 ended with 1006, by ${how}, the first 3 ms after the signal`,
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('takes the end of the socket for what it is', () => {
    expect(judge(pair({ code: null }, { ending: 'closed', more: { socket: 'rst' } }).exit(600)).observed).toContain(
      'ended with 1006, by RST',
    );
    expect(judge(pair({ code: null }, { ending: 'short' }).exit(600)).observed).toContain(
      'by a breach of the protocol',
    );
  });

  it('fails when one was open until SIGKILL', () => {
    const story = pair(null, { ending: 'closed', endedAt: 30_001 });
    expect(judge(story.killed(30_000))).toMatchObject({
      status: 'fail',
      observed: '1 closed with 1001, 1 open until SIGKILL',
    });
    expect(judge(pair(null, { endedAt: null }).killed(30_000)).status).toBe('fail');
  });

  it('passes when it was killed after they were closed', () => {
    expect(judge(pair().killed(30_000)).status).toBe('pass');
  });

  it.each([1002, 1007, 1009, 1011])('fails with the code of an error, %i', (code) => {
    expect(judge(pair({ code }).exit(600))).toMatchObject({
      status: 'fail',
      observed: `1 closed with 1001, 1 closed with ${code}, the first 500 ms after the signal`,
    });
  });

  it.each([
    [1005, 'without a code'],
    [4000, '--websocket-close'],
  ])('warns of %i, which may be meant', (code, words) => {
    const verdict = judge(pair({ code }).exit(600));
    expect(verdict).toMatchObject({ status: 'warn', because: expect.stringContaining(words) as string });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('follows the codes that were given', () => {
    expect(judge(pair({ code: 4000 }, {}, given(1001, 4000)).exit(600))).toMatchObject({
      status: 'pass',
      observed: '1 closed with 1001, 1 closed with 4000',
    });
    expect(judge(pair({ code: 1000 }, {}, given(1001)).exit(600))).toMatchObject({
      status: 'fail',
      expected: 'every WebSocket is closed with 1001, and what was sent before is answered',
    });
  });

  it.each([
    [1, '1 message'],
    [3, '3 messages'],
  ])('fails when %i of its messages were never answered', (lost, words) => {
    const verdict = judge(pair({ lost }).exit(600));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: `2 of 2 closed with 1001; never answered: ${words} sent before the signal`,
    });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('is inconclusive when the tester ended one, or an orphan closed it', () => {
    expect(judge(pair(null, { ending: 'ended-by-tester', endedAt: 1600 }).exit(600)).status).toBe('inconclusive');
    const story = pair()
      .event(5, { type: 'root-exited', code: null, signal: 'SIGTERM' })
      .event(520, { type: 'process-gone', pid: 200, command: 'node real-server.js' });
    expect(judge(story.event(530, { type: 'life-ended', complete: true })).status).toBe('inconclusive');
  });

  it('is inconclusive when one is known and was not open', () => {
    const story = life().websocket('quiet-websocket', null, { armed: false, notArmed: 'it was not upgraded' });
    expect(judge(story.signal().exit(600))).toMatchObject({
      status: 'inconclusive',
      because: '/ws was not open at the signal: it was not upgraded',
    });
  });

  it('does not apply when none is known, and leaves new ones to drops-no-accepted-connection', () => {
    const story = life().signal().websocket('new-websocket', null, { openedAt: 75, ending: 'reset' }).exit(600);
    expect(judge(story)).toMatchObject({
      status: 'skip',
      because: 'no WebSocket endpoint is known; name one with --websocket <path>',
    });
  });

  it('judges those that a replacement has touched, and no others', () => {
    const open: [null, ExchangeStory] = [null, { ending: 'ended-by-tester', endedAt: 13_000 }];
    const replaced = () => new Story(urlPlan('replaced')).taken('url').arrival(-50).stop();
    const touched = replaced()
      .websocket('quiet-websocket', ...open)
      .websocket('talking-websocket');
    expect(judge(touched.settled(3000, true))).toMatchObject({ status: 'pass', observed: '1 of 1 closed with 1001' });
    expect(
      judge(
        replaced()
          .websocket('quiet-websocket', ...open)
          .settled(3000, true),
      ),
    ).toMatchObject({
      status: 'skip',
      because: '/ws was open all the time: it was not touched',
    });
    // One that is open when the service is gone was touched, and it is not known how it would have ended.
    const gone = new Story(urlPlan('gone'))
      .taken('url')
      .arrival(-50)
      .stop()
      .websocket('quiet-websocket', ...open);
    expect(judge(gone.arrival(100, 'refused').settled(3000, false)).status).toBe('inconclusive');
  });
});
