import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/recording/events.js';
import { parseRecording, serializeRecording } from '../../src/recording/file.js';
import { forLife, Recorder } from '../../src/recording/recorder.js';
import { examplePlan } from '../support/plan.js';

const recorder = (plan = examplePlan()) => new Recorder(plan, { name: 'drain-check', version: '1.2.3' });

describe('Recorder', () => {
  it('numbers events from 0 and stamps them with a time that does not go back', () => {
    const own = recorder();
    const before = own.clock.now();
    for (let i = 0; i < 20; i++) own.record(0, { type: 'exchange-connected', exchange: i });
    const { events } = own.recording();
    const times = events.map((event) => event.at);
    expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(before);
    expect(times.at(-1)).toBeLessThanOrEqual(own.clock.now());
  });

  it('takes the time that the observer measured, and returns the event', () => {
    expect(recorder().record(3, { type: 'killed', pids: [1] }, 12.5)).toEqual({
      seq: 0,
      at: 12.5,
      life: 3,
      type: 'killed',
      pids: [1],
    });
  });

  it('tells every listener of every event that follows, in order', () => {
    const own = recorder();
    const heard: [string, RecordedEvent][] = [];
    own.record(0, { type: 'exchange-connected', exchange: 1 });
    own.onEvent((event) => heard.push(['a', event]));
    own.onEvent((event) => heard.push(['b', event]));
    const event = own.record(0, { type: 'exchange-connected', exchange: 2 });
    expect(heard).toEqual([
      ['a', event],
      ['b', event],
    ]);
  });

  it('is whole when the run has ended completely', () => {
    const own = recorder();
    expect(own.recording().whole).toBe(false);
    own.record(-1, { type: 'run-ended', complete: false });
    expect(own.recording().whole).toBe(false);
    own.record(-1, { type: 'run-ended', complete: true });
    expect(own.recording().whole).toBe(true);
  });

  it('gives out a list that does not grow any more', () => {
    const own = recorder();
    const early = own.recording();
    own.record(0, { type: 'exchange-connected', exchange: 1 });
    expect(early.events).toEqual([]);
    expect(own.recording().events).toHaveLength(1);
  });

  it('keeps secrets out of the header', () => {
    const plan = examplePlan({
      target: {
        kind: 'command',
        command: 'x',
        args: [],
        cwd: '/',
        env: { TOKEN: 'hunter2' },
        port: null,
        socketPath: null,
        tls: null,
        http2: false,
      },
    });
    const { header } = recorder(plan);
    expect(JSON.stringify(header)).not.toContain('hunter2');
    expect(header).toMatchObject({
      schemaVersion: 1,
      tool: { name: 'drain-check', version: '1.2.3' },
      platform: process.platform,
      node: process.version,
    });
    expect(new Date(header.startedAt).toISOString()).toBe(header.startedAt);
  });

  it('records what can be read again', () => {
    const own = recorder();
    own.record(0, { type: 'output', stream: 'stdout', text: 'line\n\u2028\u0000 "x"', dropped: 0 });
    own.record(-1, { type: 'run-ended', complete: true });
    expect(parseRecording(serializeRecording(own.recording()), 'run')).toEqual(own.recording());
  });
});

describe('forLife', () => {
  it('records under its own life, on the same clock', () => {
    const own = recorder();
    const life = forLife(own, 2);
    life.record({ type: 'exchange-connected', exchange: 1 }, 5);
    expect(life.record({ type: 'exchange-connected', exchange: 2 })).toMatchObject({ life: 2, seq: 1 });
    expect(own.recording().events[0]).toEqual({ seq: 0, at: 5, life: 2, type: 'exchange-connected', exchange: 1 });
    expect(life.clock).toBe(own.clock);
  });
});
