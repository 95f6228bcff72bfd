import { describe, expect, it } from 'vitest';
import { parseEvent, recordedTime } from '../../src/target/container-events.js';

const docker = (action: string, attributes: object) =>
  JSON.stringify({ Type: 'container', Action: action, Actor: { ID: 'c5', Attributes: attributes }, timeNano: 1.7e18 });
const told = (action: string, signal: string | null, code: number | null) => ({
  event: { type: 'container-event', action, signal, code },
  wallMs: 1.7e12,
});

describe('what the engine tells while it happens', () => {
  it.each([
    ['kill', { signal: '15' }, told('kill', 'SIGTERM', null)],
    ['kill', {}, told('kill', null, null)],
    ['die', { exitCode: '137' }, told('die', null, 137)],
    ['die', { exitCode: '' }, told('die', null, null)],
    ['oom', {}, told('oom', null, null)],
  ])('Docker: %s %j', (action, attributes, expected) =>
    expect(parseEvent(docker(action, attributes))).toEqual(expected),
  );

  it('Podman: died', () =>
    expect(
      parseEvent('{"ID":"c5","Status":"died","Time":"2023-11-14T22:13:20Z","Type":"container","ContainerExitCode":3}'),
    ).toEqual(told('die', null, 3)));

  it.each(['', 'warning', 'null', '[]', docker('exec_create: sh', {}), docker('toString', {})])(
    'is about something else: %s',
    (line) => expect(parseEvent(line)).toBeNull(),
  );
});

describe('the time of it in the recording', () => {
  it('is as long ago as by the wall clock', () => {
    const at = recordedTime(Date.now() - 300, 1000, 0);
    expect(at).toBeLessThanOrEqual(700);
    expect(at).toBeGreaterThan(500);
  });

  it('is never later than now, nor before the life', () => {
    expect(recordedTime(Date.now() + 60_000, 1000, 0)).toBe(1000);
    expect(recordedTime(Date.now() - 60_000, 1000, 900)).toBe(900);
    expect(recordedTime(null, 1000, 900)).toBe(1000);
  });
});
