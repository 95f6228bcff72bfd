import type { ScenarioId } from '../plan/types.js';

/** A script for one life and death of the target. It says what is in place; `run` puts it there. */
export interface Scenario {
  id: ScenarioId;
  /** The question this life answers. */
  question: string;
  /** What is held in flight across the signal: all that was asked for, or one request to each endpoint. */
  held: 'all' | 'one-each';
  /** What clients do with the connection after an answer that was held: close it, or keep it as a pool does. */
  clients: 'close' | 'keep';
  probes: boolean;
  /** New connections, and work on new connections, from the signal to the end. */
  newConnections: boolean;
  /** Requests one after another on one keep-alive connection, while held work is under way. */
  reusedConnection: boolean;
  idle: IdleConnections | null;
}

export interface IdleConnections {
  /** Keep-alive connections that have had an answer and are not used again. */
  unused: number;
  /** Connections that never send anything. */
  silent: number;
  /** For each, a keep-alive connection that asks once more this many milliseconds from the signal (negative: before). */
  askAgainAtMs: readonly number[];
}
