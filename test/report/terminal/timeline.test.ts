import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN, type Style } from '../../../src/report/terminal/style.js';
import { widthOf } from '../../../src/report/terminal/text.js';
import { drawTimeline, foldTimeline, roundStep } from '../../../src/report/terminal/timeline.js';
import type { Lane, ScenarioReport, Timeline } from '../../../src/report/types.js';

const style = (width = 80, unicode = true): Style => ({ ...PLAIN, unicode, width });
const scenario = (changes: Partial<ScenarioReport> = {}): ScenarioReport => ({
  id: 'drain',
  status: 'played',
  because: null,
  question: null,
  startedAt: 0,
  readyAfterMs: 1,
  signal: 'SIGTERM',
  signalledDuringStartMs: null,
  exit: null,
  exchanges: {},
  readiness: null,
  liveness: null,
  listenerClosedAfterMs: null,
  isolated: [],
  timeline: null,
  ...changes,
});
const lane = (changes: Partial<Lane> = {}): Lane => ({
  label: 'process',
  outcome: 'exit 0',
  wrong: false,
  spans: [],
  points: [],
  ...changes,
});
const timeline = (lanes: Lane[], toMs = 1000): Timeline => ({
  fromMs: -0.06 * toMs,
  toMs,
  marks: [
    { atMs: 0, what: 'signal' },
    { atMs: toMs, what: 'exit' },
  ],
  lanes,
});

/** The drawing of one lane, without its label and outcome. */
const drawn = (one: Lane, unicode = true) =>
  (drawTimeline(scenario(), timeline([one]), style(80, unicode))[1] ?? '')
    .replace(one.label, '')
    .replace(one.outcome, '')
    .trim();

describe('roundStep', () => {
  it.each([
    [0, 1],
    [1, 1],
    [1.1, 2],
    [3, 5],
    [7, 10],
    [10, 10],
    [11, 20],
    [499, 500],
    [501, 1000],
  ])('of %d is %d', (ms, step) => expect(roundStep(ms)).toBe(step));

  it('is the next of 1, 2, 5, 10, …', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (ms) => {
        const step = roundStep(ms);
        expect(step).toBeGreaterThanOrEqual(ms);
        expect(step).toBeLessThanOrEqual(2.5 * ms);
        expect(String(step)).toMatch(/^[125]0*$/);
      }),
    );
  });
});

describe('drawTimeline', () => {
  it('has a line for the axis and one for each lane, in their order', () => {
    const drawing = drawTimeline(scenario(), timeline([lane({ label: 'one' }), lane({ label: 'two' })]), style());
    expect(drawing).toHaveLength(3);
    expect(drawing[0]).toMatch(/^ {2}drain +SIGTERM .*ms/);
    expect(drawing[1]).toMatch(/^ {4}one .* {2}exit 0$/);
    expect(drawing[2]).toMatch(/^ {4}two /);
  });

  it('draws the line of the signal through every lane', () => {
    const [axis = '', ...lanes] = drawTimeline(scenario(), timeline([lane(), lane({ label: 'x' })]), style());
    const column = axis.indexOf('SIGTERM');
    expect(lanes.map((line) => line[column])).toEqual(['┃', '┃']);
  });

  it('draws spans to scale, from left to right', () => {
    const half = drawn(
      lane({
        spans: [
          { fromMs: -60, toMs: 500, state: 'good' },
          { fromMs: 501, toMs: 1000, state: 'bad' },
        ],
      }),
    );
    expect(half).toMatch(/^█+┃█+░+$/);
    const good = Array.from(half).filter((cell) => cell === '█').length;
    expect(Math.abs(good - half.length / 2)).toBeLessThan(3);
  });

  it('never hides a loss under another mark', () => {
    const points: Lane['points'] = (['lost', 'served', 'away', 'ended'] as const).map((state) => ({
      atMs: 500,
      state,
    }));
    expect(drawn(lane({ points }))).toContain('✖');
    expect(drawn(lane({ points: points.slice(1) }))).toContain('●');
  });

  it('shows what is wrong by colour too', () => {
    const red = { ...style(), red: (text: string) => `<${text}>` };
    const [, wrong = ''] = drawTimeline(
      scenario(),
      timeline([lane({ outcome: '1 lost', wrong: true, points: [{ atMs: 500, state: 'lost' }] })]),
      red,
    );
    expect(wrong).toContain('<✖>');
    expect(wrong).toContain('<1 lost>');
  });

  it('has signs of its own for ASCII', () => {
    expect(
      drawn(
        lane({ spans: [{ fromMs: 0, toMs: 1000, state: 'busy' }], points: [{ atMs: 1000, state: 'served' }] }),
        false,
      ),
    ).toMatch(/^\|=+o$/);
  });

  it('fits into any width, whatever there is to draw', () => {
    const ms = fc.double({ min: -1000, max: 2_000_000, noNaN: true });
    const someLane = fc.record({
      label: fc.constantFrom('process', 'a label that is too long for its place'),
      outcome: fc.constantFrom('ok', 'an outcome that is too long for its place'),
      wrong: fc.boolean(),
      spans: fc.array(fc.record({ fromMs: ms, toMs: ms, state: fc.constantFrom('busy', 'good', 'bad', 'gone') }), {
        maxLength: 4,
      }),
      points: fc.array(fc.record({ atMs: ms, state: fc.constantFrom('served', 'away', 'lost', 'ended') }), {
        maxLength: 8,
      }),
    });
    fc.assert(
      fc.property(
        fc.array(someLane, { maxLength: 3 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.integer({ min: 60, max: 140 }),
        (lanes, toMs, width) => {
          const drawing = drawTimeline(scenario(), timeline(lanes, toMs), style(width));
          expect(drawing).toHaveLength(lanes.length + 1);
          expect(drawing.filter((line) => widthOf(line) > width)).toEqual([]);
        },
      ),
    );
  });

  it('writes the times of the axis in order, one by one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 59_000 }), fc.integer({ min: 60, max: 140 }), (toMs, width) => {
        const [axis = ''] = drawTimeline(scenario(), timeline([lane()], toMs), style(width));
        const times = axis
          .replace(/^ {2}drain +SIGTERM */, '')
          .split(/ +/)
          .filter((word) => word !== '');
        const ms = times.map((time) => Number.parseFloat(time) * (time.endsWith('ms') ? 1 : 1000));
        expect(times.filter((time) => !/^\d+(\.\d+)?m?s$/.test(time))).toEqual([]);
        expect(ms).toEqual([...new Set(ms)].sort((a, b) => a - b));
        expect(ms.filter((time) => time > toMs)).toEqual([]);
      }),
    );
  });
});

describe('foldTimeline', () => {
  it('says when in its start a target was signalled', () => {
    const folded = {
      ...timeline([]),
      marks: [
        { atMs: 0, what: 'signal' as const },
        { atMs: 4, what: 'exit' as const },
      ],
    };
    expect(foldTimeline(scenario({ id: 'startup', signalledDuringStartMs: 81 }), folded, style())).toBe(
      '  startup        81 ms after its start SIGTERM ─ exit 4 ms',
    );
  });

  it('tells a death in one line, in the order in which it happened', () => {
    const folded = {
      ...timeline([]),
      marks: [
        { atMs: 1600, what: 'exit' as const },
        { atMs: 0, what: 'signal' as const },
        { atMs: 20, what: 'readiness failed' as const },
      ],
    };
    expect(foldTimeline(scenario(), folded, style())).toBe(
      '  drain          SIGTERM ─ readiness failed 20 ms ─ exit 1.6 s',
    );
    expect(foldTimeline(scenario({ id: 'idle', signal: null }), folded, style(80, false))).toBe(
      '  idle           stop - readiness failed 20 ms - exit 1.6 s',
    );
  });

  it('is clipped where it does not fit, and leaves the marks as they were', () => {
    const marks = Array.from({ length: 20 }, (_, i) => ({ atMs: 20 - i, what: 'listener closed' as const }));
    const before = structuredClone(marks);
    expect(widthOf(foldTimeline(scenario(), { ...timeline([]), marks }, style(60)))).toBe(60);
    expect(marks).toEqual(before);
  });
});
