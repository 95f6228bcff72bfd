import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { EventOf } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { at, signalName } from './container-facts.js';

type ContainerEvent = Pick<EventOf<'container-event'>, 'type' | 'action' | 'signal' | 'code'>;

/** What is recorded; Podman calls a death otherwise. */
const ACTIONS = new Map<string, ContainerEvent['action']>([
  ['kill', 'kill'],
  ['die', 'die'],
  ['died', 'die'],
  ['oom', 'oom'],
]);

/** Records what the engine tells of one container, at the time at which it happened. */
export class ContainerEvents {
  /** Settles when the engine has told of the death, or tells nothing more. */
  readonly over: Promise<void>;
  #killed = false;

  /** @param begunAt of this life, in the recording's time: what the engine tells of before is no part of it */
  constructor(stdout: Readable, recorder: LifeRecorder, begunAt: number) {
    const lines = createInterface({ input: stdout });
    this.over = new Promise((resolve) => {
      lines.on('close', resolve);
      lines.on('line', (line) => {
        const told = parseEvent(line);
        if (told === null) return;
        const { event, wallMs } = told;
        this.#killed ||= event.action === 'oom' || event.signal === 'SIGKILL';
        recorder.record(event, recordedTime(wallMs, recorder.clock.now(), begunAt));
        if (event.action === 'die') resolve();
      });
    });
    stdout.on('error', () => undefined);
  }

  /** It was given a SIGKILL that the engine knows of. */
  get killed(): boolean {
    return this.#killed;
  }
}

/**
 * The engine's wall-clock time in the recording's. The age of what it tells is taken when it arrives, a moment after it
 * happened, so that a clock that is being set does not matter before that; right to about a millisecond.
 */
export function recordedTime(wallMs: number | null, now: number, begunAt: number): number {
  const age = wallMs === null ? 0 : Math.max(0, Date.now() - wallMs);
  return Math.max(begunAt, now - age);
}

/** One line of the engine's; null when it is about something else. */
export function parseEvent(line: string): { event: ContainerEvent; wallMs: number | null } | null {
  const told = parseJson(line);
  const action = ACTIONS.get(text(at(told, 'Action')) || text(at(told, 'Status')));
  if (action === undefined) return null;
  const attributes = at(told, 'Actor', 'Attributes') ?? at(told, 'Attributes');
  const exitCode = at(attributes, 'exitCode') ?? at(told, 'ContainerExitCode');
  const code = exitCode === undefined || exitCode === '' ? NaN : Number(exitCode);
  return {
    event: {
      type: 'container-event',
      action,
      signal: action === 'kill' ? signalName(at(attributes, 'signal')) : null,
      code: action === 'die' && Number.isInteger(code) ? code : null,
    },
    wallMs: wallTime(told),
  };
}

/** Milliseconds since 1970, or null when it is not told. */
function wallTime(told: unknown): number | null {
  const nanoseconds = at(told, 'timeNano');
  if (typeof nanoseconds === 'number') return nanoseconds / 1e6;
  const parsed = Date.parse(text(at(told, 'Time')));
  return Number.isNaN(parsed) ? null : parsed;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
