import { describe, expect, it } from 'vitest';
import { dropsNoAcceptedConnection } from '../../src/checks/drops-no-accepted-connection.js';
import { Story } from '../support/story.js';

const judge = (story: Story) => dropsNoAcceptedConnection.judge(story.facts(), story.plan);
const signalled = () => new Story().life().signal();
/** The probes see the listener closing between 190 and 202 ms. */
const closing = () => signalled().probes('liveness', 200, 0, 190).probes('liveness', 'refused', 200, 900);

describe('drops-no-accepted-connection', () => {
  it('passes when each was answered, rejected or refused', () => {
    const verdict = judge(signalled().arrival(25).arrival(75, 'rejected').arrival(125, 'refused').exit(600));
    expect(verdict).toMatchObject({
      status: 'pass',
      scenario: 'drain',
      observed: '1 answered, 1 rejected with 503, 1 refused',
    });
    expect(verdict.evidence).toHaveLength(3);
  });

  it.each(['reset', 'closed', 'short', 'timed-out'] as const)('fails when one was %s', (ending) => {
    const verdict = judge(signalled().arrival(25).arrival(75, ending, { endedAt: 90 }).arrival(125).exit(600));
    expect(verdict.status).toBe('fail');
    expect(verdict.observed).toContain('1 connection dropped, the first opened 75 ms after the signal');
    expect(verdict.evidence).toHaveLength(1);
  });

  it('fails when new work was cut', () => {
    expect(
      judge(signalled().arrival(25).exchange('new-work', { openedAt: 530, endedAt: 600, ending: 'reset' }).exit(600))
        .status,
    ).toBe('fail');
  });

  it('fails when connections were left hanging until the death', () => {
    const verdict = judge(
      signalled().arrival(25).arrival(75, 'reset', { endedAt: 600 }).arrival(125, 'reset', { endedAt: 600 }).exit(600),
    );
    expect(verdict).toMatchObject({
      status: 'fail',
      observed: '1 answered, 2 reset; 2 connections dropped, the first opened 75 ms after the signal',
    });
  });

  it('warns of a single reset in the moment in which the listener closed', () => {
    const verdict = judge(closing().arrival(25).arrival(192, 'reset', { endedAt: 196 }).exit(1000));
    expect(verdict).toMatchObject({
      status: 'warn',
      observed: '1 answered, 1 reset',
      because: expect.stringContaining('accept queue') as string,
    });
  });

  it.each([
    ['closed with FIN', 'closed', 192, 196],
    ['cut in its answer', 'short', 192, 196],
    ['older than the queue can be', 'reset', 150, 196],
    ['not at the closing', 'reset', 120, 124],
  ] as const)('fails when the one at the closing was %s', (_, ending, openedAt, endedAt) => {
    expect(judge(closing().arrival(25).arrival(openedAt, ending, { endedAt }).exit(1000)).status).toBe('fail');
  });

  it('fails when there was another beside the one at the closing', () => {
    expect(judge(closing().arrival(75, 'reset').arrival(192, 'reset', { endedAt: 196 }).exit(1000)).status).toBe(
      'fail',
    );
  });

  it('does not count what the tester ended', () => {
    expect(judge(signalled().arrival(25).arrival(575, 'ended-by-tester').exit(600))).toMatchObject({
      status: 'pass',
      observed: '1 answered',
    });
  });

  it('does not apply when none was tried before it was gone', () => {
    expect(judge(signalled().arrival(25, 'refused').exit(3)).status).toBe('skip');
  });
});
