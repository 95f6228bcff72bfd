import { describe, expect, it } from 'vitest';
import { anythingChanged, beginningOf, lastSignOfLife } from '../../../src/recording/facts/beginning.js';
import { collectExchanges } from '../../../src/recording/facts/exchange.js';
import { urlPlan } from '../../support/plan.js';
import { SIGNAL_AT, Story } from '../../support/story.js';

function parts(story: Story) {
  const { events } = story.recording();
  return { events, exchanges: collectExchanges(events) };
}

const begun = (story: Story) => {
  const { events, exchanges } = parts(story);
  return beginningOf(events, exchanges);
};

/** When the end was begun and by when it had certainly been, in milliseconds after the stop; null when it was not. */
function times(story: Story): [at: number, certainAt: number] | null {
  const goodbye = begun(story);
  return goodbye === null ? null : [goodbye.at - SIGNAL_AT, goodbye.certainAt - SIGNAL_AT];
}

const service = () => new Story(urlPlan()).taken('url').arrival(-50);
const stopped = () => service().stop();
const byHand = () => service().event(0, { type: 'stop-begun', by: 'hand', command: '' });
const told = (story: Story, at: number, action: 'kill' | 'die' = 'kill') =>
  story.event(at, { type: 'container-event', action, signal: action === 'kill' ? 'SIGTERM' : null, code: null });
const kept = (story: Story, openedAt: number, announcedClose: boolean) =>
  story.exchange('reused-connection', { openedAt, endedAt: openedAt + 1, more: { announcedClose } });

describe('the beginning of the end', () => {
  it('is the time of the signal, whatever was seen before and after', () => {
    const story = new Story().life().arrival(-100, 'reset').arrival(-50).signal('SIGINT').arrival(25, 'refused');
    expect(times(story)).toEqual([0, 0]);
    expect(begun(story)?.signal).toBe('SIGINT');
    expect(parts(story).events[begun(story)?.seq ?? 0]?.type).toBe('signal-sent');
  });

  it('is that of the first signal of two', () =>
    expect(times(new Story().life().signal().signalAgain(100))).toEqual([0, 0]));

  it('is not there before anything is done', () => {
    expect(begun(service())).toBeNull();
    expect(begun(service().arrival(25, 'refused'))).toBeNull();
  });

  describe('by a command', () => {
    it('is the last moment in which all was well before something was not', () => {
      const story = stopped().arrival(100).arrival(200).arrival(300, 'refused').arrival(350);
      expect(times(story)).toEqual([200, 301]);
      expect(begun(story)).toMatchObject({ signal: null });
      expect(parts(story).events[begun(story)?.seq ?? 0]?.type).toBe('stop-begun');
    });

    it('is the start of the command when nothing was seen to be well after that', () =>
      expect(times(stopped().arrival(300, 'refused'))).toEqual([0, 301]));

    it('is the start of the command when nothing ever changed', () =>
      expect(times(stopped().arrival(100).arrival(200))).toEqual([0, 0]));

    it('does not come after the signal that a container engine passed on', () => {
      expect(times(told(stopped().arrival(100), 120))).toEqual([120, 120]);
      expect(times(told(stopped().arrival(100).arrival(200).arrival(300, 'refused'), 120))).toEqual([120, 120]);
    });

    it('comes before the engine tells of it, where clients knew sooner', () =>
      expect(times(told(stopped().arrival(100).arrival(109, 'refused'), 120))).toEqual([100, 110]));

    it('lies before an answer that newly says goodbye, which is the change itself', () =>
      expect(times(kept(kept(stopped(), 20, false), 100, true).arrival(150))).toEqual([20, 101]));

    it('is not told by an error that the endpoint gives in peace', () => {
      const story = stopped()
        .event(-500, {
          type: 'baseline-measured',
          method: 'GET',
          path: '/slow',
          status: 500,
          bytes: 3,
          framing: 'length',
          afterMs: 400,
        })
        .exchange('slow-response', { endedAt: 60, status: 500 })
        .arrival(550);
      expect(times(story.arrival(600, 'refused'))).toEqual([550, 601]);
    });

    it('is told by the 404 of what stands in front, where the service answers otherwise', () => {
      const story = stopped().event(-600, { type: 'plain-path-chosen', path: '/', status: 200 });
      expect(times(story.arrival(100).arrival(200, 'answered', { status: 404 }))).toEqual([100, 201]);
    });

    it('is not told by a death in a container', () => expect(times(told(stopped(), 120, 'die'))).toEqual([0, 0]));
  });

  describe('by hand', () => {
    it('is not there while nothing has changed', () => {
      expect(begun(byHand())).toBeNull();
      expect(begun(byHand().arrival(100).probes('readiness', 200, -90, 900))).toBeNull();
    });

    it('is the last moment in which all was well, as proved by what was not', () => {
      const story = byHand().arrival(60_000).arrival(60_050).arrival(60_100, 'reset').arrival(60_150, 'refused');
      expect(times(story)).toEqual([60_050, 60_101]);
      const { events, exchanges } = parts(story);
      const change = events[begun(story)?.seq ?? 0];
      expect(change).toMatchObject({ type: 'exchange-ended', ending: 'reset' });
      expect(beginningOf(events, exchanges)?.signal).toBeNull();
    });
  });
});

describe('a change', () => {
  it.each(['refused', 'rejected', 'reset', 'closed', 'short', 'timed-out'] as const)(
    'is a new connection that was %s',
    (ending) => expect(times(stopped().arrival(100).arrival(200, ending))).toEqual([100, 201]),
  );

  it('is an answer with an error of the server’s', () => {
    expect(times(stopped().arrival(100).arrival(200, 'answered', { status: 502 }))).toEqual([100, 201]);
    expect(times(stopped().arrival(100).arrival(200, 'answered', { status: 404 }))).toEqual([0, 0]);
  });

  it('is an error of the client’s where the same question has another answer in peace', () => {
    const answered = (usual: number, status: number, path = '/') => {
      const story = service().event(-600, { type: 'plain-path-chosen', path: '/', status: usual }).stop();
      return times(story.arrival(100).arrival(200, 'answered', { status, path }));
    };
    expect(answered(200, 404)).toEqual([100, 201]);
    expect(answered(200, 302)).toEqual([0, 0]);
    expect(answered(200, 404, '/other')).toEqual([0, 0]);
    // What is answered 200 for once is no error.
    expect(answered(404, 404)).toEqual([0, 0]);
  });

  it('is held work that was cut', () =>
    expect(
      times(stopped().exchange('slow-response', { ending: 'reset', endedAt: 200 }).arrival(100).arrival(250)),
    ).toEqual([100, 200]));

  it('is none when the tester ended it, or when it has no end', () => {
    expect(times(stopped().arrival(100, 'ended-by-tester'))).toEqual([0, 0]);
    expect(times(stopped().exchange('slow-response', { endedAt: null }))).toEqual([0, 0]);
  });

  it('is none when it ended before the stop', () => {
    const story = service().arrival(-40, 'reset').probes('readiness', 200, -90, -60).probes('readiness', 503, -50, -40);
    expect(times(story.probes('readiness', 200, -30, 900).stop())).toEqual([0, 0]);
  });

  it('is the one that ended first', () =>
    expect(
      times(
        stopped().exchange('slow-response', { ending: 'reset', endedAt: 300 }).arrival(100).arrival(200, 'refused'),
      ),
    ).toEqual([100, 201]));

  describe('of a kept connection', () => {
    it('is an answer that says it will be closed', () => {
      const story = kept(kept(stopped(), 20, false), 100, true);
      expect(times(story)?.[1]).toBe(101);
    });

    it('is none where every answer says so', () =>
      expect(times(kept(kept(kept(service(), -60, true), -40, true).stop(), 100, true))).toEqual([0, 0]));

    it('counts from the first answer that did not say so', () =>
      expect(times(kept(kept(kept(service(), -60, true), -40, false).stop(), 100, true))?.[1]).toBe(101));

    it('is none when it was closed between two questions', () =>
      expect(times(kept(service(), -40, false).stop().closed(10_002, 'fin', 100))).toEqual([0, 0]));
  });

  describe('of a probe', () => {
    it.each([503, 'refused'] as const)('is one that turned from good to %s', (outcome) =>
      expect(times(stopped().probes('readiness', 200, -90, 100).probes('readiness', outcome, 110, 900))).toEqual([
        100, 112,
      ]),
    );

    it.each(['reset', 'closed', 'timed-out', 'malformed'] as const)('is none when it was %s', (outcome) =>
      expect(times(stopped().probes('liveness', 200, -90, 100).probes('liveness', outcome, 110, 900))).toEqual([0, 0]),
    );

    it('is none where it was bad before, or where another one was good', () => {
      expect(times(stopped().probes('readiness', 503, -90, 900))).toEqual([0, 0]);
      expect(times(stopped().probes('liveness', 200, -90, 100).probes('readiness', 503, 110, 900))).toEqual([0, 0]);
    });

    it('comes after the last probe that was well', () =>
      expect(
        times(
          stopped()
            .probes('liveness', 200, -90, 150)
            .probes('readiness', 200, -90, 100)
            .arrival(120)
            .probes('readiness', 503, 160, 900),
        ),
      ).toEqual([150, 162]));
  });

  it('is anything at all that was otherwise than before', () => {
    const changed = (story: Story) => {
      const { events, exchanges } = parts(story);
      return anythingChanged(events, exchanges);
    };
    expect(changed(service().arrival(25, 'refused'))).toBe(false);
    expect(changed(service().arrival(-25, 'refused').stop().arrival(25))).toBe(false);
    expect(changed(stopped().arrival(25, 'refused'))).toBe(true);
    expect(changed(byHand().probes('readiness', 200, -90, 100).probes('readiness', 503, 110, 900))).toBe(true);
    expect(changed(kept(kept(stopped(), 20, false), 100, true))).toBe(true);
  });
});

describe('the last sign of life', () => {
  const last = (story: Story) => {
    const { events, exchanges } = parts(story);
    const at = lastSignOfLife(events, exchanges);
    return at === null ? null : at - SIGNAL_AT;
  };
  const nothing = () => new Story(urlPlan()).taken('url').stop();

  it('is none where nobody was ever answered', () => {
    expect(last(nothing())).toBeNull();
    expect(last(nothing().arrival(100, 'refused').probes('readiness', 'refused', 0, 200))).toBeNull();
  });

  it.each(['answered', 'rejected', 'short', 'closed', 'reset'] as const)('is an exchange that was %s', (ending) =>
    expect(last(nothing().arrival(100, ending).arrival(50))).toBe(101),
  );

  it('is none that was closed before it was ever connected, as a gRPC call is that finds nobody', () =>
    expect(
      last(nothing().arrival(50).exchange('grpc-call', { endedAt: 200, ending: 'closed', connected: false })),
    ).toBe(51));

  it.each(['refused', 'timed-out', 'ended-by-tester'] as const)('is none that was %s', (ending) =>
    expect(last(nothing().arrival(50).arrival(100, ending))).toBe(51),
  );

  it('is any answer of a probe, also a bad one', () => {
    expect(last(nothing().arrival(50).probes('readiness', 503, 10, 200))).toBe(202);
    expect(
      last(nothing().arrival(50).probes('readiness', 'reset', 10, 200).probes('liveness', 'refused', 10, 200)),
    ).toBe(51);
  });

  it('is the end of a kept connection, when the service ended it', () => {
    expect(last(nothing().arrival(50).closed(7, 'fin', 300))).toBe(300);
    expect(last(nothing().arrival(50).closed(7, 'tester', 300).closed(8, 'rst', 300))).toBe(51);
  });
});
