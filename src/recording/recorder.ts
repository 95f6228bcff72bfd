import type { Plan } from '../plan/types.js';
import { redactPlan } from '../plan/redact.js';
import { createClock, type Clock } from './clock.js';
import {
  RECORDING_SCHEMA_VERSION,
  type EventBody,
  type RecordedEvent,
  type Recording,
  type RecordingHeader,
} from './events.js';

/** Appends events. Everything that observes holds one of these and nothing else of the recording. */
export class Recorder {
  readonly clock: Clock;
  readonly header: RecordingHeader;
  readonly #events: RecordedEvent[] = [];
  readonly #listeners: ((event: RecordedEvent) => void)[] = [];
  #whole = false;

  constructor(plan: Plan, tool: { name: string; version: string }) {
    this.clock = createClock();
    this.header = {
      schemaVersion: RECORDING_SCHEMA_VERSION,
      tool,
      startedAt: new Date().toISOString(),
      platform: process.platform,
      node: process.version,
      plan: redactPlan(plan),
    };
  }

  /** Appends one event; `at` is now unless the observer measured it itself. */
  record(life: number, body: EventBody, at = this.clock.now()): RecordedEvent {
    const event: RecordedEvent = { seq: this.#events.length, at, life, ...body };
    this.#events.push(event);
    if (body.type === 'run-ended') this.#whole = body.complete;
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  onEvent(listener: (event: RecordedEvent) => void): void {
    this.#listeners.push(listener);
  }

  recording(): Recording {
    return { header: this.header, events: [...this.#events], whole: this.#whole };
  }
}

/** A recorder that belongs to one life of the target. */
export interface LifeRecorder {
  life: number;
  clock: Clock;
  record: (body: EventBody, at?: number) => RecordedEvent;
}

export function forLife(recorder: Recorder, life: number): LifeRecorder {
  return { life, clock: recorder.clock, record: (body, at) => recorder.record(life, body, at) };
}
