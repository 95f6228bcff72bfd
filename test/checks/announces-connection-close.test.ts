import { describe, expect, it } from 'vitest';
import { announcesConnectionClose } from '../../src/checks/announces-connection-close.js';
import { examplePlan } from '../support/plan.js';
import { Story, type ExchangeStory } from '../support/story.js';

const judge = (story: Story) => announcesConnectionClose.judge(story.facts(), story.plan);
const question = (story: Story, openedAt: number, more: ExchangeStory = {}) =>
  story.exchange('reused-connection', { connection: 1, openedAt, endedAt: openedAt + 1, path: '/', ...more });
/** One answer before the signal. */
const signalled = () => question(new Story().life(), -100).signal();

describe('announces-connection-close', () => {
  it('passes when an answer after the signal said so', () => {
    const story = question(question(signalled(), 25), 75, { more: { announcedClose: true } });
    const verdict = judge(story.closed(1, 'tester', 77).exit(600));
    expect(verdict).toMatchObject({ status: 'pass', scenario: 'drain', observed: 'Connection: close after 76 ms' });
    expect(verdict.evidence).toHaveLength(1);
  });

  it('passes when a 503 said so', () => {
    expect(
      judge(question(signalled(), 25, { ending: 'rejected', more: { announcedClose: true } }).exit(600)).status,
    ).toBe('pass');
  });

  it('passes when the connection was closed between two answers', () => {
    const verdict = judge(question(signalled(), 25).closed(1, 'fin', 60).exit(600));
    expect(verdict).toMatchObject({ status: 'pass', observed: 'closed while idle after 60 ms' });
  });

  it('passes when the connection was closed before it was used again', () => {
    expect(judge(signalled().closed(1, 'fin', 5).exit(600)).status).toBe('pass');
  });

  it('passes when the closing and a question crossed on the wire', () => {
    const story = question(question(signalled(), 25), 75, { ending: 'closed', endedAt: 77 });
    expect(judge(story.closed(1, 'fin', 77).exit(600)).status).toBe('pass');
  });

  it('passes when a question was reset by the closing that it crossed with', () => {
    const story = question(signalled().arrival(20), 25, { ending: 'reset', endedAt: 30 }).arrival(31, 'refused');
    expect(judge(story.closed(1, 'rst', 30).exit(600))).toMatchObject({
      status: 'pass',
      observed: 'closed after 30 ms',
      because: expect.stringContaining('crossed') as string,
    });
  });

  it('fails when the answers said keep-alive and the connection stayed open', () => {
    const verdict = judge(question(question(signalled(), 25), 75).closed(1, 'tester', 560).exit(600));
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: '2 answers after the signal said keep-alive, and the connection stayed open',
    });
    expect(verdict.expected).toContain('Connection: close');
    expect(verdict.evidence).toHaveLength(2);
  });

  it('fails when the connection was reset after such answers', () => {
    expect(judge(question(signalled(), 25).closed(1, 'rst', 60).exit(600))).toMatchObject({
      status: 'fail',
      observed: 'the connection was reset after 60 ms',
    });
  });

  it('fails when the connection was reset before it was used again', () => {
    const verdict = judge(signalled().closed(1, 'rst', 5).exit(600));
    expect(verdict).toMatchObject({ status: 'fail', observed: 'the connection was reset after 5 ms' });
    expect(verdict.evidence).toHaveLength(1);
  });

  describe('in the last 50 ms of the process', () => {
    it('takes an announcement', () => {
      const story = question(question(signalled(), 25), 590, { more: { announcedClose: true } });
      expect(judge(story.exit(600))).toMatchObject({ status: 'pass', observed: 'Connection: close after 591 ms' });
    });

    it.each([
      [549, 'a request on the connection met its end: 1 reset'],
      [550, 'said keep-alive'],
    ])('does not count a question that was lost (sent at %i of 600 ms)', (openedAt, words) => {
      const story = question(question(signalled(), 25), openedAt, { ending: 'reset', endedAt: 599 });
      expect(judge(story.closed(1, 'rst', 599).exit(600)).observed).toContain(words);
    });

    it.each([
      [549, 'the connection was reset after 549 ms'],
      [550, '1 answer after the signal said keep-alive, and the connection stayed open'],
    ])('does not count a reset (at %i of 600 ms)', (at, observed) => {
      expect(judge(question(signalled(), 25).closed(1, 'rst', at).exit(600))).toMatchObject({
        status: 'fail',
        observed,
      });
    });
  });

  it.each([
    ['reset', '1 reset'],
    ['short', '1 cut short'],
  ] as const)('fails when a question on the connection was %s', (ending, words) => {
    const story = question(question(signalled(), 25), 75, { ending });
    expect(judge(story.closed(1, 'rst', 76).exit(600))).toMatchObject({
      status: 'fail',
      observed: `a request on the connection met its end: ${words}`,
    });
  });

  it('does not take an announcement from before the signal', () => {
    const story = question(new Story().life(), -100, { more: { announcedClose: true } }).signal();
    expect(judge(question(story, 25).closed(1, 'tester', 560).exit(600)).status).toBe('fail');
  });

  it('does not apply to a service that closes after every answer', () => {
    const verdict = judge(question(new Story().life(), -100).closed(1, 'fin', -98).signal().exit(600));
    expect(verdict).toMatchObject({
      status: 'skip',
      because: 'the service closes its connections after every answer anyway',
    });
  });

  it('does not apply when it was gone before the connection was used again', () => {
    expect(judge(signalled().exit(15))).toMatchObject({
      status: 'skip',
      because: 'it was gone 15 ms after the signal, before the connection was used again',
    });
  });

  describe('in HTTP/2', () => {
    const plan = examplePlan({ target: { ...examplePlan().target, http2: true } });
    const begun = () => question(new Story(plan).life(), -100).signal();

    it('passes when GOAWAY came with an answer, and calls it by its name', () => {
      const story = question(begun(), 25, { more: { announcedClose: true } });
      expect(judge(story.exit(600))).toMatchObject({ status: 'pass', observed: 'GOAWAY after 26 ms' });
    });

    it('passes when GOAWAY came between two answers', () => {
      const story = question(begun(), 25).event(40, { type: 'goaway', connection: 1, code: 0, lastStream: 3 });
      const verdict = judge(story.exit(600));
      expect(verdict).toMatchObject({ status: 'pass', observed: 'GOAWAY after 40 ms' });
      expect(verdict.evidence).toHaveLength(1);
    });

    it('does not take GOAWAY on another connection, or from before the signal', () => {
      const goaway = (connection: number, at: number) =>
        judge(question(begun(), 25).event(at, { type: 'goaway', connection, code: 0, lastStream: 3 }).exit(600));
      expect(goaway(2, 40).status).toBe('fail');
      expect(goaway(1, -40).status).toBe('fail');
    });

    it('fails when a request was cut in spite of GOAWAY', () => {
      const story = question(begun(), 25, { ending: 'reset', endedAt: 41 });
      expect(judge(story.event(40, { type: 'goaway', connection: 1, code: 0, lastStream: 3 }).exit(600)).status).toBe(
        'fail',
      );
    });

    it('fails without, and says so', () => {
      expect(judge(question(begun(), 25).exit(600))).toMatchObject({
        status: 'fail',
        expected: 'the server says GOAWAY on the connection, or closes it between two answers',
        observed: '1 answer after the signal and no GOAWAY, and the connection stayed open',
      });
    });
  });

  it('judges each of several clients, and tells of the one that fared worst', () => {
    const two = () => question(question(signalled(), -90, { connection: 2 }), 25);
    const told = (story: Story) => question(story, 30, { connection: 2, more: { announcedClose: true } });
    expect(judge(told(two()).exit(600)).status).toBe('fail');
    expect(judge(told(two()).closed(1, 'fin', 40).exit(600)).status).toBe('pass');
    // One that came back only after the signal is no client that was left on its connection.
    expect(
      judge(question(two().closed(1, 'fin', 40).closed(2, 'fin', 40), 60, { connection: 3 }).exit(600)).status,
    ).toBe('pass');
  });

  it('is inconclusive when no answer was had on the connection', () => {
    expect(judge(new Story().life().signal().exit(600)).status).toBe('inconclusive');
    expect(judge(question(new Story().life(), -100, { ending: 'reset' }).signal().exit(600)).status).toBe(
      'inconclusive',
    );
  });
});
