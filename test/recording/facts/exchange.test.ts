import { describe, expect, it } from 'vitest';
import { collectConnectionEnds, collectExchanges } from '../../../src/recording/facts/exchange.js';
import { firstLife, SIGNAL_AT, Story } from '../../support/story.js';

const collect = (story: Story) => collectExchanges(story.recording().events);

describe('an exchange', () => {
  it('is put together from its events', () => {
    const [exchange] = collect(
      new Story()
        .life()
        .event(-100, {
          type: 'exchange-opened',
          exchange: 7,
          kind: 'slow-upload',
          connection: 3,
          method: 'POST',
          path: '/files',
        })
        .event(-99, { type: 'exchange-connected', exchange: 7 })
        .event(-10, { type: 'exchange-armed', exchange: 7, proof: 'held-upload' })
        .event(600, { type: 'upload-released', exchange: 7 })
        .event(610, {
          type: 'exchange-ended',
          exchange: 7,
          ending: 'answered',
          status: 201,
          bytes: 2,
          framing: 'length',
          announcedClose: true,
          headAt: 1609,
          socket: null,
          detail: null,
        }),
    );
    expect(exchange).toMatchObject({
      id: 7,
      kind: 'slow-upload',
      connection: 3,
      method: 'POST',
      path: '/files',
      openedAt: SIGNAL_AT - 100,
      connectedAt: SIGNAL_AT - 99,
      armed: 'held-upload',
      notArmedBecause: null,
      releasedAt: SIGNAL_AT + 600,
      end: { ending: 'answered', status: 201, at: SIGNAL_AT + 610 },
    });
  });

  it('has what has been seen of it', () => {
    const [exchange] = collect(
      new Story().life().exchange('slow-response', {
        armed: false,
        notArmed: 'the target has not read it',
        connected: false,
        endedAt: null,
      }),
    );
    expect(exchange).toMatchObject({
      connectedAt: null,
      armed: null,
      notArmedBecause: 'the target has not read it',
      releasedAt: null,
      end: null,
    });
  });

  it('is best proved by its end, else by its beginning', () => {
    const story = new Story().life().exchange('slow-response').exchange('slow-response', { endedAt: null });
    const { events } = story.recording();
    expect(collect(story).map((exchange) => events[exchange.evidence]?.type)).toEqual([
      'exchange-ended',
      'exchange-opened',
    ]);
  });

  it('stands in the order of its opening', () => {
    const story = new Story()
      .life()
      .exchange('silent-connection')
      .exchange('slow-response')
      .exchange('idle-connection');
    expect(collect(story).map((exchange) => exchange.kind)).toEqual([
      'silent-connection',
      'slow-response',
      'idle-connection',
    ]);
  });

  it('is left out when its beginning is not in the recording', () => {
    expect(collect(new Story().life().event(0, { type: 'upload-released', exchange: 9 }))).toEqual([]);
  });
});

describe('what is in flight', () => {
  const kinds = (story: Story) => firstLife(story).inFlight.map((exchange) => exchange.kind);

  it('is what was held, armed and not over at the signal', () => {
    const story = new Story()
      .life()
      .exchange('slow-response')
      .exchange('slow-upload', { endedAt: null })
      .exchange('kept-after-answer');
    expect(kinds(story.signal().exit(600))).toEqual(['slow-response', 'slow-upload', 'kept-after-answer']);
  });

  it('is nothing that was over, not armed, or of another kind', () => {
    const story = new Story()
      .life()
      .exchange('slow-response', { endedAt: 0 })
      .exchange('slow-response', { armed: false })
      .exchange('idle-connection')
      .exchange('reused-connection');
    expect(kinds(story.signal().exit(600))).toEqual([]);
  });

  it('is nothing without a signal', () => {
    expect(kinds(new Story().life().exchange('slow-response').exit(600))).toEqual([]);
  });
});

describe('the ends of connections', () => {
  it('are collected with who ended them', () => {
    const ends = collectConnectionEnds(
      new Story().life().closed(1, 'fin', 5).closed(2, 'rst', 6).closed(3, 'tester', 7).recording().events,
    );
    expect(ends).toMatchObject([
      { connection: 1, by: 'fin', at: SIGNAL_AT + 5 },
      { connection: 2, by: 'rst', at: SIGNAL_AT + 6 },
      { connection: 3, by: 'tester', at: SIGNAL_AT + 7 },
    ]);
  });
});
