import { DrainCheckError } from '../errors.js';
import { planSchema } from '../plan/schema.js';
import { RECORDING_SCHEMA_VERSION, type RecordedEvent, type Recording, type RecordingHeader } from './events.js';
import { isRecordedEvent } from './shapes.js';

/** A recording as text: the header on the first line, one event on each line after it. */
export function serializeRecording(recording: Recording): string {
  return [headerLine(recording.header), ...recording.events].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** What only some runs are about is left out where it was not given, so that others are written as they always were. */
function headerLine({ plan, ...header }: RecordingHeader): object {
  const { manifest, rehearsal, load, ...rest } = plan;
  const some = Object.entries({ load, manifest, rehearsal }).filter(([, given]) => given !== null);
  return { ...header, plan: { ...rest, ...Object.fromEntries(some) } };
}

/**
 * Reads what `serializeRecording` wrote, all of it or nothing.
 * @param name how the file is called in messages
 * @throws DrainCheckError `recording-unreadable` or `recording-newer`
 */
export function parseRecording(content: string, name: string): Recording {
  const { recording, damage } = salvageRecording(content, name);
  if (damage !== null) throw damage;
  return recording;
}

/**
 * Reads as much of a recording as is whole: its header, and the events before the first that is missing, out of order
 * or cut off. What comes after a gap cannot be trusted to mean what it says.
 * @returns the recording, and what is wrong with the line at which it ends; null when nothing is
 * @throws DrainCheckError `recording-unreadable` or `recording-newer` when not even the header can be read
 */
export function salvageRecording(
  content: string,
  name: string,
): { recording: Recording; damage: DrainCheckError | null } {
  const lines = content.split('\n').filter((line) => line !== '');
  const header = parseHeader(lines[0] ?? '', name);
  const events: RecordedEvent[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    try {
      events.push(parseEvent(line, index, name));
    } catch (error) {
      if (!(error instanceof DrainCheckError)) throw error;
      return { recording: { header, events, whole: false }, damage: error };
    }
  }
  const last = events.at(-1);
  return { recording: { header, events, whole: last?.type === 'run-ended' && last.complete }, damage: null };
}

function parseHeader(line: string, name: string): RecordingHeader {
  const value = parseJson(line, `${name}, line 1`);
  const version = field(value, 'schemaVersion');
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1 || field(value, 'plan') === undefined) {
    throw unreadable(`${name} does not begin with the header of a drain-check recording.`);
  }
  if (version > RECORDING_SCHEMA_VERSION) {
    throw new DrainCheckError(
      'recording-newer',
      `${name} has recording schema ${version}; this drain-check reads schema ${RECORDING_SCHEMA_VERSION}.`,
      'Judge it with the version that made it, or with a newer one: npx drain-check@latest judge …',
    );
  }
  const plan = planSchema.safeParse(field(value, 'plan'));
  if (!plan.success) {
    const issue = plan.error.issues[0];
    throw unreadable(
      `${name}, line 1: the plan is not one (${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown'}).`,
    );
  }
  return {
    schemaVersion: RECORDING_SCHEMA_VERSION,
    tool: { name: 'drain-check', version: text(field(field(value, 'tool'), 'version')) },
    startedAt: text(field(value, 'startedAt')),
    platform: text(field(value, 'platform')),
    node: text(field(value, 'node')),
    plan: plan.data,
  };
}

function parseEvent(line: string, index: number, name: string): RecordedEvent {
  const where = `${name}, line ${index + 2}`;
  const value = parseJson(line, where);
  if (!isRecordedEvent(value)) throw unreadable(`${where}: this is not an event of a recording.`);
  // isRecordedEvent has checked every field that the type names.
  const event = value as RecordedEvent;
  if (event.seq !== index) throw unreadable(`${where}: event ${index} is missing or out of order.`);
  return event;
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw unreadable(`${where}: this is not JSON (the file may have been cut off).`, cause);
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : 'unknown';
}

function unreadable(message: string, cause?: unknown): DrainCheckError {
  return new DrainCheckError('recording-unreadable', message, 'Record the run again with --record <path>.', { cause });
}
