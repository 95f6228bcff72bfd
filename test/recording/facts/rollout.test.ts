import { describe, expect, it } from 'vitest';
import { rolloutFacts } from '../../../src/recording/facts/rollout.js';
import { urlPlan } from '../../support/plan.js';
import { firstLife, SIGNAL_AT, Story } from '../../support/story.js';

/** When each request of a rollout ended, by what became of it, in milliseconds after the stop. */
function sorted(story: Story) {
  const { all, lost, raced, lostBefore } = rolloutFacts(firstLife(story), story.facts());
  const ends = (exchanges: typeof all) => exchanges.map(({ end }) => (end?.at ?? 0) - SIGNAL_AT);
  return { all: ends(all), lost: ends(lost), raced: ends(raced), lostBefore: ends(lostBefore) };
}

const service = () => new Story(urlPlan('replaced')).taken('url');
const replaced = () => service().stop();
const inPeace = (story: Story, path: string, status: number) =>
  story.event(-500, {
    type: 'baseline-measured',
    method: 'GET',
    path,
    status,
    bytes: 3,
    framing: 'length',
    afterMs: 9,
  });

describe('the requests of a rollout', () => {
  it('are all that ended from the beginning of the stop on', () => {
    const story = service()
      .arrival(-100)
      .exchange('slow-response', { openedAt: -50, endedAt: 400 })
      .stop()
      .arrival(25)
      .exchange('new-work', { openedAt: 30, endedAt: 1200 });
    expect(sorted(story.settled(3000, true))).toEqual({ all: [400, 26, 1200], lost: [], raced: [], lostBefore: [] });
  });

  it.each(['slow-response', 'slow-upload', 'grpc-call', 'reused-connection', 'new-connection', 'new-work'] as const)(
    'are those of the kind %s',
    (kind) => expect(sorted(replaced().exchange(kind, { endedAt: 500, ending: 'reset' })).lost).toEqual([500]),
  );

  it.each(['stream', 'quiet-websocket', 'new-websocket', 'idle-connection', 'silent-connection'] as const)(
    'are none of the kind %s, which has checks of its own',
    (kind) => expect(sorted(replaced().exchange(kind, { endedAt: 500, ending: 'reset' })).all).toEqual([]),
  );

  it('are none that has no end, or that the tester ended', () =>
    expect(sorted(replaced().exchange('slow-response', { endedAt: null }).arrival(25, 'ended-by-tester')).all).toEqual(
      [],
    ));
});

describe('a request of a rollout', () => {
  it.each(['refused', 'rejected', 'reset', 'closed', 'short', 'timed-out'] as const)(
    'is lost when it was %s',
    (ending) => expect(sorted(replaced().arrival(25).arrival(75, ending))).toMatchObject({ all: [26, 76], lost: [76] }),
  );

  it.each([
    [200, []],
    [302, []],
    [404, []],
    [499, []],
    [500, [26]],
    [502, [26]],
    [504, [26]],
  ])('answered with %i loses %j', (status, lost) =>
    expect(sorted(replaced().arrival(25, 'answered', { status })).lost).toEqual(lost),
  );

  it('is lost with an answer of another class than the one that it gets in peace', () => {
    const answered = (usual: number, status: number, path = '/slow') =>
      sorted(inPeace(replaced(), '/slow', usual).exchange('slow-response', { status, path })).lost;
    expect(answered(500, 500)).toEqual([]);
    expect(answered(500, 502)).toEqual([]);
    expect(answered(404, 400)).toEqual([]);
    expect(answered(200, 404)).toEqual([500]);
    expect(answered(404, 502)).toEqual([500]);
    expect(answered(500, 404)).toEqual([500]);
    expect(answered(500, 201)).toEqual([]);
    expect(answered(500, 500, '/other')).toEqual([500]);
    expect(sorted(inPeace(replaced(), '/', 503).arrival(25, 'rejected')).lost).toEqual([]);
  });

  it('is compared with the plain path where nothing else was measured', () => {
    const answered = (usual: number, status: number) => {
      const story = replaced().event(-600, { type: 'plain-path-chosen', path: '/', status: usual });
      return sorted(story.arrival(25, 'answered', { status }).arrival(75, 'answered', { status, path: '/other' })).lost;
    };
    expect(answered(404, 404)).toEqual([]);
    expect(answered(200, 404)).toEqual([26]);
    expect(answered(404, 502)).toEqual([26, 76]);
  });

  it('was lost before anything was stopped when it ended before', () => {
    const story = service().arrival(-100, 'reset').arrival(-50).stop().arrival(25);
    expect(sorted(story)).toEqual({ all: [26], lost: [], raced: [], lostBefore: [-99] });
  });

  it('raced when it crossed with the closing of its kept connection', () => {
    const crossing = { openedAt: 60, endedAt: 62, ending: 'closed' as const };
    expect(sorted(replaced().exchange('reused-connection', crossing))).toMatchObject({ lost: [62], raced: [62] });
    // A new connection is not kept, and one that waited did not cross.
    expect(sorted(replaced().exchange('new-connection', crossing)).raced).toEqual([]);
    expect(sorted(replaced().exchange('reused-connection', { ...crossing, endedAt: 400 })).raced).toEqual([]);
  });
});
