import type { Plan, ScenarioId, SignalName } from '../plan/types.js';

/**
 * The recording: a header, then events in the order in which they were recorded. Times are milliseconds on the
 * monotonic clock since the recording began; the header holds the only wall-clock time.
 */
export const RECORDING_SCHEMA_VERSION = 1;

export interface RecordingHeader {
  schemaVersion: typeof RECORDING_SCHEMA_VERSION;
  tool: { name: string; version: string };
  /** ISO 8601, UTC. */
  startedAt: string;
  platform: string;
  node: string;
  /** The plan with secrets redacted. */
  plan: Plan;
}

/** What we keep open or send. */
export type ExchangeKind =
  | 'slow-response'
  | 'slow-upload'
  | 'reused-connection'
  | 'new-connection'
  | 'new-work'
  | 'idle-connection'
  | 'silent-connection'
  | 'kept-after-answer';

/**
 * How an exchange ended, and by whose hand.
 * answered: a complete response other than 503. rejected: a complete 503. refused: no connection.
 * short: the response began and was not complete. closed: FIN before any response. reset: RST before the response
 * was complete. timed-out: we waited and nothing came. ended-by-tester: we closed it, which proves nothing.
 */
export type Ending =
  'answered' | 'rejected' | 'refused' | 'short' | 'closed' | 'reset' | 'timed-out' | 'ended-by-tester';

/** Which half of the pair closed a persistent connection. */
export type ClosedBy = 'fin' | 'rst' | 'tester';

/** How the length of a response body was known. `close` means only the end of the connection told. */
export type Framing = 'length' | 'chunked' | 'close' | 'none';

/** Why we say that the target had the work before the signal. */
export type ArmProof = 'accepted-and-read' | 'first-byte' | 'held-upload' | 'calibrated';

export type ProbeRole = 'readiness' | 'liveness';

/** One answer of a probe: a status, or the way in which there was none. */
export type ProbeOutcome =
  { kind: 'status'; status: number } | { kind: 'refused' | 'reset' | 'closed' | 'timed-out' | 'malformed' };

/** One probe request: when it was begun and when its outcome was known. */
export interface ProbeSpan {
  startedAt: number;
  endedAt: number;
}

export interface ProcessDescription {
  pid: number;
  ppid: number;
  command: string;
}

export interface ListenerDescription {
  pid: number;
  command: string;
  address: string;
  port: number;
  /** False when the owner could not be looked into (another user, file capabilities). */
  verified: boolean;
}

interface Stamp {
  /** Position in the recording, from 0. */
  seq: number;
  at: number;
  /** Which life of the target this belongs to, from 0. */
  life: number;
}

export type EventBody =
  | { type: 'life-started'; scenario: ScenarioId; purpose: 'scenario' | 'baseline' }
  | { type: 'process-spawned'; pid: number; command: string; port: number }
  | { type: 'processes-seen'; processes: ProcessDescription[] }
  | { type: 'output'; stream: 'stdout' | 'stderr'; text: string; dropped: number }
  | { type: 'listener-found'; listeners: ListenerDescription[]; port: number; origin: string }
  | { type: 'ready'; path: string; status: number; by: 'given' | 'found' | 'first-answer' }
  | {
      type: 'endpoint-resolved';
      role: ProbeRole;
      /** null when there is none. */
      path: string | null;
      how: 'given' | 'found' | 'none-given' | 'not-found';
      /** A name that says what it is (`/readyz`), or one that could be anything (`/health`). */
      sureness: 'given' | 'specific' | 'generic' | 'none';
      asked: number;
    }
  | { type: 'plain-path-chosen'; path: string; status: number }
  | {
      type: 'upload-calibrated';
      method: string;
      path: string;
      held: boolean;
      status: number | null;
      answeredAfterMs: number | null;
      reason: string | null;
    }
  | {
      type: 'exchange-opened';
      exchange: number;
      kind: ExchangeKind;
      /** Exchanges of one persistent connection share this number. */
      connection: number;
      method: string | null;
      path: string | null;
    }
  | { type: 'exchange-connected'; exchange: number }
  | { type: 'exchange-armed'; exchange: number; proof: ArmProof }
  | { type: 'exchange-not-armed'; exchange: number; reason: string }
  | { type: 'upload-released'; exchange: number }
  | {
      type: 'exchange-ended';
      exchange: number;
      ending: Ending;
      status: number | null;
      bytes: number;
      framing: Framing | null;
      /** Whether the response said that the connection will be closed; null without a response. */
      announcedClose: boolean | null;
      /** When the response head arrived. */
      headAt: number | null;
      /** How the socket ended, when that was seen before the exchange was over. */
      socket: 'fin' | 'rst' | null;
      detail: string | null;
    }
  | { type: 'connection-closed'; connection: number; by: ClosedBy }
  | { type: 'armed'; armed: number; opened: number }
  | { type: 'signal-sent'; signal: SignalName; pid: number }
  | {
      type: 'probe-run';
      role: ProbeRole;
      outcome: ProbeOutcome;
      count: number;
      first: ProbeSpan;
      last: ProbeSpan;
      /** How late our own timer was at worst: a probe that was late says so. */
      maxLateMs: number;
    }
  | { type: 'process-gone'; pid: number; command: string }
  | { type: 'root-exited'; code: number | null; signal: string | null }
  | { type: 'grace-over'; alive: ProcessDescription[] }
  | { type: 'killed'; pids: number[] }
  | { type: 'outlived-root'; processes: ProcessDescription[] }
  | { type: 'port-checked'; port: number; heldBy: ProcessDescription[]; held: boolean }
  | {
      type: 'baseline-measured';
      method: string;
      path: string;
      status: number | null;
      bytes: number;
      framing: Framing | null;
      afterMs: number;
    }
  /** `complete`: it was followed to its end; otherwise what ended in it was ended by us. */
  | { type: 'life-ended'; complete: boolean }
  | { type: 'scenario-skipped'; scenario: ScenarioId; reason: string }
  | { type: 'run-ended'; complete: boolean };

export type RecordedEvent = EventBody & Stamp;
export type EventType = EventBody['type'];

/** The recorded event of one type, for readers that look for it. */
export type EventOf<T extends EventType> = Extract<EventBody, { type: T }> & Stamp;

export interface Recording {
  header: RecordingHeader;
  events: RecordedEvent[];
  /** False when the file ended before the run did. */
  whole: boolean;
}
