import { describe, expect, it } from 'vitest';
import { crossed } from '../../../src/recording/facts/crossing.js';
import { firstLife, Story, type ExchangeStory } from '../../support/story.js';

/** Whether a question that was sent 100 ms after the signal on connection 1 crossed with its closing. */
function crosses(question: ExchangeStory, story = new Story().life('idle').signal()): boolean {
  const life = firstLife(
    story.exchange('idle-connection', { connection: 1, openedAt: 100, ending: 'closed', ...question }).exit(600),
  );
  return life.exchanges.filter((exchange) => exchange.connection === 1).some((exchange) => crossed(exchange, life));
}

const signalled = () => new Story().life('idle').signal();

describe('a question and a closing', () => {
  it('crossed when the FIN was there almost at once', () => {
    expect(crosses({ endedAt: 104 })).toBe(true);
    expect(crosses({ endedAt: 105 })).toBe(false);
  });

  it.each(['answered', 'rejected', 'reset', 'short', 'timed-out', 'ended-by-tester'] as const)(
    'did not cross when it was %s',
    (ending) => {
      expect(crosses({ ending, endedAt: 102 })).toBe(false);
    },
  );

  it('did not cross while it has no end', () => {
    expect(crosses({ endedAt: null })).toBe(false);
  });

  it('did not cross when an answer had begun', () => {
    expect(crosses({ endedAt: 102, status: 200 })).toBe(false);
  });

  it('crossed when another kept connection was closed in that moment', () => {
    expect(crosses({ endedAt: 150 }, signalled().closed(2, 'fin', 140))).toBe(true);
    expect(crosses({ endedAt: 150 }, signalled().closed(2, 'fin', 160))).toBe(true);
    expect(crosses({ endedAt: 150 }, signalled().closed(2, 'fin', 139))).toBe(false);
  });

  it('crossed when another was closed within the time in which all was as slow', () => {
    const slow = (wait: number) =>
      signalled()
        .probes('liveness', 200, 0, 140, { last: { startedAt: 1140, endedAt: 1140 + wait } })
        .closed(2, 'fin', 180);
    expect(crosses({ endedAt: 150 }, slow(30))).toBe(true);
    expect(crosses({ endedAt: 150 }, slow(29))).toBe(false);
  });

  it.each([
    [1, 'fin'],
    [2, 'rst'],
    [2, 'tester'],
  ] as const)('did not cross because connection %i ended by %s', (connection, by) => {
    expect(crosses({ endedAt: 150 }, signalled().closed(connection, by, 150))).toBe(false);
  });

  it('crossed when the listener was closed in that moment', () => {
    const closing = () => signalled().arrival(140).arrival(160, 'refused');
    expect(crosses({ endedAt: 150 }, closing())).toBe(true);
    expect(crosses({ endedAt: 171 }, closing())).toBe(true);
    expect(crosses({ endedAt: 172 }, closing())).toBe(false);
  });

  it('did not cross when it had been let wait', () => {
    expect(crosses({ endedAt: 200 }, signalled().closed(2, 'fin', 200))).toBe(true);
    expect(crosses({ endedAt: 201 }, signalled().closed(2, 'fin', 201))).toBe(false);
  });

  it('did not cross when the death closed it together with others', () => {
    const dying = (at: number) => crosses({ openedAt: 500, endedAt: at }, signalled().closed(2, 'fin', at));
    expect(dying(549)).toBe(true);
    expect(dying(550)).toBe(false);
    expect(dying(599)).toBe(false);
  });
});
