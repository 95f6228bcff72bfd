import type { Need, ScenarioId, SignalName } from '../plan/types.js';

/** A script for one life and death of the target. It says what is in place; `run` puts it there. */
export interface Scenario {
  id: ScenarioId;
  /** The question this life answers. */
  question: string;
  /** What it is about, if that is not there in every run: without it the scenario is not in the plan. */
  needs?: Need;
  /** What is held in flight across the signal: all that was asked for, one request to each endpoint, or nothing. */
  held: 'all' | 'one-each' | 'none';
  /** What clients do with the connection after an answer that was held: close it, or keep it as a pool does. */
  clients: 'close' | 'keep';
  probes: boolean;
  /** New connections, and work on new connections, from the signal to the end. */
  newConnections: boolean;
  /** Requests one after another on one keep-alive connection, while held work is under way. */
  reusedConnection: boolean;
  idle: IdleConnections | null;
  /** Streams and WebSockets, quiet and talking, and new WebSockets after the signal. */
  streams: boolean;
  /** Work that its client never finishes: an upload, a stream that is not read, a close frame that is not answered. */
  stuck: boolean;
  /** Thousands of connections, as many as the plan says, held and followed together. */
  crowd: boolean;
  /** The signal that begins the death; null: the one the plan names. */
  signal: SignalName | null;
  /** When the same signal is sent once more, in milliseconds after the first; null: never. */
  repeatAfterMs: number | null;
  /**
   * At which parts of its usual way to readiness the target is signalled, each in a life of its own; null: when it is
   * ready and everything is in place.
   */
  duringStartup: readonly number[] | null;
  /** Whether the target is PID 1 of a namespace of its own, as in a container. */
  pidNamespace: boolean;
}

export interface IdleConnections {
  /** Keep-alive connections that have had an answer and are not used again. */
  unused: number;
  /** Connections that never send anything. */
  silent: number;
  /** For each, a keep-alive connection that asks once more this many milliseconds from the signal (negative: before). */
  askAgainAtMs: readonly number[];
}

/** A death with nothing special about it and nothing in place: what each scenario differs from. */
export const PLAIN_DEATH: Omit<Scenario, 'id' | 'question' | 'needs'> = {
  held: 'none',
  clients: 'close',
  probes: false,
  newConnections: false,
  reusedConnection: false,
  idle: null,
  streams: false,
  stuck: false,
  crowd: false,
  signal: null,
  repeatAfterMs: null,
  duringStartup: null,
  pidNamespace: false,
};
