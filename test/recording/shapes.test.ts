import { describe, expect, it } from 'vitest';
import { isRecordedEvent } from '../../src/recording/shapes.js';
import { EXAMPLES } from '../support/events.js';

const STAMP = { seq: 0, at: 1.5, life: 0 };
const examples = Object.values(EXAMPLES);

/** No field of any event takes these: they are of the wrong kind everywhere, or a word that is not known. */
const WRONG: unknown[] = [undefined, {}, [{}], Number.NaN, Number.POSITIVE_INFINITY, Symbol('no word')];

describe.each(examples)('$type', (example) => {
  const event = { ...STAMP, ...example };
  const fields = Object.keys(example).filter((name) => name !== 'type');

  it('is an event', () => expect(isRecordedEvent(event)).toBe(true));

  it('may hold more than this version knows', () => expect(isRecordedEvent({ ...event, since: 2 })).toBe(true));

  it('needs its stamp', () => {
    for (const name of Object.keys(STAMP))
      for (const value of ['0', null, undefined, Number.NaN])
        expect(isRecordedEvent({ ...event, [name]: value })).toBe(false);
  });

  it.each(fields)('needs %s to be what it is', (name) => {
    for (const value of WRONG) expect(isRecordedEvent({ ...event, [name]: value }), String(value)).toBe(false);
    expect(isRecordedEvent(Object.fromEntries(Object.entries(event).filter(([field]) => field !== name)))).toBe(false);
  });
});

describe('isRecordedEvent', () => {
  it.each([
    null,
    undefined,
    1,
    'text',
    [],
    {},
    STAMP,
    { ...STAMP, type: 'unheard-of' },
    { ...STAMP, type: 5 },
    { ...STAMP, type: 'constructor' },
    { ...STAMP, type: 'toString' },
  ])('refuses %j', (value) => expect(isRecordedEvent(value)).toBe(false));

  it.each([
    ['a word that is not known', { ...EXAMPLES['exchange-ended'], ending: 'vanished' }],
    ['a list with a wrong entry', { ...EXAMPLES.killed, pids: [1, '2'] }],
    ['a wrong field deep inside', { ...EXAMPLES['processes-seen'], processes: [{ pid: 1, ppid: 1 }] }],
    ['a probe status without its number', { ...EXAMPLES['probe-run'], outcome: { kind: 'status' } }],
    ['a probe outcome that is none', { ...EXAMPLES['probe-run'], outcome: { kind: 'bored' } }],
  ])('refuses %s', (_, body) => expect(isRecordedEvent({ ...STAMP, ...body })).toBe(false));

  it.each(['refused', 'reset', 'closed', 'timed-out', 'malformed'])('takes the probe outcome %s', (kind) =>
    expect(isRecordedEvent({ ...STAMP, ...EXAMPLES['probe-run'], outcome: { kind } })).toBe(true),
  );

  it('tells null, where it says that there was none, from a value', () => {
    const ended = { ...STAMP, ...EXAMPLES['exchange-ended'] };
    expect(
      isRecordedEvent({
        ...ended,
        status: null,
        framing: null,
        announcedClose: null,
        headAt: null,
        socket: 'rst',
        detail: 'why',
      }),
    ).toBe(true);
    expect(isRecordedEvent({ ...ended, bytes: null })).toBe(false);
  });
});
