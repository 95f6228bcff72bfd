import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DrainCheckError } from '../../src/errors.js';
import type { RecordedEvent, Recording } from '../../src/recording/events.js';
import { parseRecording, serializeRecording } from '../../src/recording/file.js';
import { EXAMPLES } from '../support/events.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const examples = Object.values(EXAMPLES);
const story = new Story().life().signal().exit(100).recording();
// A plan is written in the order of its schema, whatever the order it was made in.
const recording = { ...story, header: parseRecording(serializeRecording(story), 'x').header };
const text = serializeRecording(recording);
const [header = '', ...rest] = text.split('\n');

/** What parsing says: `ok`, or the code and the message of the error that belongs there. */
function outcome(input: string): string {
  try {
    parseRecording(input, 'run.ndjson');
    return 'ok';
  } catch (error) {
    if (!(error instanceof DrainCheckError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const withHeader = (changes: object) =>
  [JSON.stringify({ ...(JSON.parse(header) as object), ...changes }), ...rest].join('\n');

describe('a recording', () => {
  it('is one line for the header and one for each event', () => {
    expect(rest).toHaveLength(recording.events.length + 1);
    expect(rest.at(-1)).toBe('');
    expect(serializeRecording({ ...recording, events: [] })).toBe(`${header}\n`);
  });

  it('is read as it was written', () => expect(parseRecording(serializeRecording(story), 'x')).toEqual(story));

  it('is written again, byte for byte, whatever its texts hold', () => {
    const event = fc.tuple(
      fc.constantFrom(...examples),
      fc.string({ unit: 'binary' }),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1e9 }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), (list) => {
        const events = list.map(([body, foreign, at], seq): RecordedEvent => {
          const stamped = { seq, at, life: 0, ...body };
          return stamped.type === 'output' ? { ...stamped, text: foreign } : stamped;
        });
        const last = events.at(-1);
        const original: Recording = { header: recording.header, events, whole: last?.type === 'run-ended' };
        const again = parseRecording(serializeRecording(original), 'x');
        expect(again).toEqual(original);
        expect(serializeRecording(again)).toBe(serializeRecording(original));
      }),
    );
  });

  it('may have empty lines and Windows line ends', () =>
    expect(parseRecording(`\n${text.replaceAll('\n', '\r\n')}\n\n`.replaceAll('\n\r\n', '\n'), 'x')).toEqual(
      recording,
    ));
});

describe('whole', () => {
  const lines = (count: number) => [header, ...rest.slice(0, count)].join('\n');
  it('is true only when the run has ended, and completely', () => {
    expect(parseRecording(text, 'x').whole).toBe(true);
    expect(parseRecording(lines(recording.events.length - 1), 'x').whole).toBe(false);
    expect(parseRecording(header, 'x').whole).toBe(false);
    expect(parseRecording(text.replace(/"complete":true}\n$/, '"complete":false}\n'), 'x').whole).toBe(false);
  });
});

describe('what is not a recording', () => {
  it.each([
    ['nothing', ''],
    ['only empty lines', '\n\n'],
    ['text', 'hello\n'],
  ])('is unreadable: %s', (_, input) =>
    expect(outcome(input)).toBe(
      'recording-unreadable: run.ndjson, line 1: this is not JSON (the file may have been cut off).',
    ),
  );

  it.each(['null', '[]', '1', '"text"', '{}', '{"schemaVersion":1}', '{"schemaVersion":"1","plan":{}}', '{"plan":{}}'])(
    'has no header: %s',
    (input) =>
      expect(outcome(input)).toBe(
        'recording-unreadable: run.ndjson does not begin with the header of a drain-check recording.',
      ),
  );

  it('is newer, whatever else it holds', () => {
    expect(outcome('{"schemaVersion":2,"plan":null}')).toBe(
      'recording-newer: run.ndjson has recording schema 2; this drain-check reads schema 1.',
    );
    expect(outcome(withHeader({ schemaVersion: 99 }))).toContain('recording-newer');
  });

  it('has a plan that is none, and says where', () => {
    expect(outcome(withHeader({ plan: { ...examplePlan(), requests: 'many' } }))).toMatch(
      /recording-unreadable: run\.ndjson, line 1: the plan is not one \(requests: .+\)\./,
    );
    expect(
      outcome(withHeader({ plan: { ...examplePlan(), target: { ...examplePlan().target, args: [1] } } })),
    ).toContain('(target.args.0: ');
    expect(outcome(withHeader({ plan: null }))).toContain('the plan is not one');
  });

  it('has a line that is no event, and says which', () => {
    expect(outcome(`${header}\n${rest[0] ?? ''}\n{"seq":1}\n`)).toBe(
      'recording-unreadable: run.ndjson, line 3: this is not an event of a recording.',
    );
    expect(outcome(`${header}\n{"seq":0,`)).toBe(
      'recording-unreadable: run.ndjson, line 2: this is not JSON (the file may have been cut off).',
    );
  });

  it('has lost or doubled an event', () => {
    expect(outcome([header, ...rest.slice(1)].join('\n'))).toBe(
      'recording-unreadable: run.ndjson, line 2: event 0 is missing or out of order.',
    );
    expect(outcome([header, rest[0], rest[0]].join('\n'))).toContain('line 3: event 1 is missing or out of order.');
  });

  it('says what to do, and keeps the cause', () => {
    expect(() => parseRecording('{', 'x')).toThrow(
      expect.objectContaining({
        hint: 'Record the run again with --record <path>.',
        cause: expect.any(SyntaxError) as unknown,
      }) as Error,
    );
  });
});

describe('a header', () => {
  it('drops what this version does not know', () => {
    const parsed = parseRecording(withHeader({ future: 1, plan: { ...examplePlan(), future: 1 } }), 'x');
    expect(parsed.header).toEqual(recording.header);
  });

  it.each([1, null, { toString: 1, valueOf: 1 }, ['x']])('shows nothing that is not text: %j', (foreign) => {
    const { startedAt, platform, node, tool } = parseRecording(
      withHeader({ startedAt: foreign, platform: foreign, node: foreign, tool: { version: foreign } }),
      'x',
    ).header;
    expect([startedAt, platform, node, tool.version]).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
  });

  it('may lack what is only shown', () => {
    const parsed = parseRecording(JSON.stringify({ schemaVersion: 1, plan: examplePlan() }), 'x');
    expect(parsed.header).toMatchObject({
      tool: { name: 'drain-check', version: 'unknown' },
      startedAt: 'unknown',
      platform: 'unknown',
      node: 'unknown',
    });
  });
});

describe('any file at all', () => {
  it('is a recording or has an error of its own', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.array(fc.json()).map((lines) => lines.join('\n')),
        ),
        (input) => {
          expect(outcome(input)).toMatch(/^recording-(unreadable|newer): /);
        },
      ),
    );
  });

  it('is a recording or has an error of its own, also when it almost is one', () => {
    const place = fc.nat(text.length);
    fc.assert(
      fc.property(place, place, fc.string({ maxLength: 3 }), (from, length, foreign) => {
        expect(outcome(text.slice(0, from) + foreign + text.slice(from + (length % 9)))).toMatch(
          /^(ok|recording-(unreadable|newer): .+)$/s,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('is a recording or has an error of its own, when an event has a foreign value', () => {
    const value = fc.jsonValue();
    fc.assert(
      fc.property(fc.constantFrom(...examples), value, fc.nat(), (body, foreign, index) => {
        const event: Record<string, unknown> = { seq: 0, at: 1, life: 0, ...body };
        const name = Object.keys(event)[index % Object.keys(event).length] ?? 'seq';
        event[name] = foreign;
        expect(outcome(`${header}\n${JSON.stringify(event)}\n`)).toMatch(/^(ok|recording-unreadable: .+)$/s);
      }),
      { numRuns: 300 },
    );
  });
});
