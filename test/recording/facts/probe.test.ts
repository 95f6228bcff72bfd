import { describe, expect, it } from 'vitest';
import { isGood } from '../../../src/recording/facts/probe.js';
import { firstLife, SIGNAL_AT, Story } from '../../support/story.js';

const readiness = (story: Story) => firstLife(story).readiness;
const signalled = () => new Story().life().signal();
/** The outcomes of the drain, as a status or a kind. */
const drain = (story: Story) =>
  readiness(story).drain.map(({ outcome }) => (outcome.kind === 'status' ? outcome.status : outcome.kind));

function flipped(story: Story) {
  const flip = readiness(story).flipped;
  return flip === null ? null : [flip.from - SIGNAL_AT, flip.to - SIGNAL_AT];
}

describe('a probe', () => {
  it.each([
    [199, false],
    [200, true],
    [399, true],
    [400, false],
    [503, false],
  ])('with status %i is good: %s', (status, good) => {
    expect(isGood({ kind: 'status', status })).toBe(good);
  });

  it.each(['refused', 'reset', 'closed', 'timed-out', 'malformed'] as const)('that was %s is not good', (kind) => {
    expect(isGood({ kind })).toBe(false);
  });
});

describe('what a probe saw of the drain', () => {
  it('changed between its last good answer and the end of its first bad one', () => {
    expect(flipped(signalled().probes('readiness', 200, -100, 10).probes('readiness', 503, 20, 590).exit(600))).toEqual(
      [10, 22],
    );
  });

  it('changed after the signal at the soonest', () => {
    expect(flipped(signalled().probes('readiness', 200, -100, -8).probes('readiness', 503, 2, 590).exit(600))).toEqual([
      0, 4,
    ]);
    expect(flipped(signalled().probes('readiness', 503, 2, 590).exit(600))).toEqual([0, 4]);
  });

  it('did not change while it stayed good', () => {
    const facts = readiness(signalled().probes('readiness', 200, -100, 590).exit(600));
    expect(facts).toMatchObject({ flipped: null, firstBad: null, firstBadAnswer: null, recovered: null });
    expect(facts.drain).toHaveLength(1);
  });

  it('tells a bad answer from a closed listener', () => {
    const facts = readiness(
      signalled()
        .probes('readiness', 200, 0, 10)
        .probes('readiness', 'refused', 20, 90)
        .probes('readiness', 503, 100, 590)
        .exit(600),
    );
    expect(facts.firstBad?.outcome).toEqual({ kind: 'refused' });
    expect(facts.firstBadAnswer?.outcome).toEqual({ kind: 'status', status: 503 });
    expect(readiness(signalled().probes('readiness', 'refused', 20, 90).exit(600)).firstBadAnswer).toBeNull();
  });

  it('finds the good answer after a bad one', () => {
    const facts = readiness(
      signalled()
        .probes('readiness', 200, 0, 10)
        .probes('readiness', 503, 20, 90)
        .probes('readiness', 204, 100, 590)
        .exit(600),
    );
    expect(facts.recovered?.outcome).toEqual({ kind: 'status', status: 204 });
  });

  it('keeps the roles apart', () => {
    const life = firstLife(signalled().probes('liveness', 503, 20, 590).probes('readiness', 200, 20, 590).exit(600));
    expect(life.readiness.firstBad).toBeNull();
    expect(life.liveness.firstBad).not.toBeNull();
  });

  it('begins with what was asked after the signal', () => {
    const story = signalled()
      .probes('readiness', 503, -100, -50)
      .probes('readiness', 200, -40, 10)
      .probes('readiness', 500, 20, 590)
      .exit(600);
    expect(drain(story)).toEqual([200, 500]);
    expect(readiness(story).runs).toHaveLength(3);
  });

  it('ends with the process for answers', () => {
    expect(drain(signalled().probes('readiness', 200, 0, 580).probes('readiness', 503, 597, 700).exit(600))).toEqual([
      200, 503,
    ]);
    expect(drain(signalled().probes('readiness', 200, 0, 580).probes('readiness', 503, 598, 700).exit(600))).toEqual([
      200,
    ]);
  });

  it.each(['refused', 'reset', 'closed'] as const)('ends 50 ms before the process for what was %s', (outcome) => {
    expect(
      drain(signalled().probes('readiness', 200, 0, 540).probes('readiness', outcome, 547, 700).exit(600)),
    ).toEqual([200, outcome]);
    expect(
      drain(signalled().probes('readiness', 200, 0, 540).probes('readiness', outcome, 548, 700).exit(600)),
    ).toEqual([200]);
  });

  it('ends with the last process that listens, whichever that is', () => {
    const story = (owner: number) =>
      new Story()
        .life('drain', { owner })
        .signal()
        .probes('readiness', 200, 0, 550)
        .probes('readiness', 503, 710, 800)
        .event(900, { type: 'process-gone', pid: 200, command: 'worker' });
    expect(drain(story(200).exit(600))).toEqual([200, 503]);
    expect(drain(story(100).exit(600))).toEqual([200]);
  });

  it.each(['reset', 'closed', 'timed-out', 'malformed'] as const)(
    'takes no probe that was %s for a failure',
    (outcome) => {
      const facts = readiness(
        signalled().probes('readiness', 200, 0, 10).probes('readiness', outcome, 20, 500).exit(600),
      );
      expect(facts).toMatchObject({
        flipped: null,
        firstBad: null,
        firstBadAnswer: null,
        badBefore: null,
        recovered: null,
      });
      expect(facts.drain).toHaveLength(2);
      const later = signalled()
        .probes('readiness', 200, 0, 10)
        .probes('readiness', outcome, 20, 40)
        .probes('readiness', 503, 50, 500)
        .exit(600);
      expect(readiness(later).firstBad?.outcome).toEqual({ kind: 'status', status: 503 });
      expect(flipped(later)).toEqual([10, 52]);
    },
  );

  it.each([
    ['before the signal', -3, 'badBefore'],
    ['after the signal', -2, 'firstBad'],
  ] as const)(
    'holds a failure against the signal only when its first probe had not ended before (%s)',
    (_, from, which) => {
      const facts = readiness(signalled().probes('readiness', 503, from, 590).exit(600));
      expect(facts[which]?.outcome).toEqual({ kind: 'status', status: 503 });
      expect(facts[which === 'badBefore' ? 'firstBad' : 'badBefore']).toBeNull();
      expect(facts.firstBadAnswer).toBe(facts.firstBad);
    },
  );

  it('knows a closed listener from before the signal', () => {
    expect(readiness(signalled().probes('readiness', 'refused', -100, 500).exit(600)).badBefore).not.toBeNull();
    expect(readiness(signalled().probes('readiness', 'timed-out', -100, 500).exit(600)).badBefore).toBeNull();
  });

  it('is nothing without a signal', () => {
    expect(readiness(new Story().life().probes('readiness', 503, 20, 590).exit(600))).toMatchObject({
      drain: [],
      flipped: null,
      firstBad: null,
    });
  });
});
