import type { EventOf, RecordedEvent } from '../events.js';

/** One connection of the target to a database, from start to end. Times are those of the recording. */
export interface DatabaseConnection {
  variable: string;
  protocol: EventOf<'database-opened'>['protocol'];
  openedAt: number;
  /** null: the recording does not hold its end. */
  end: EventOf<'database-closed'> | null;
  /** The event that tells most about it. */
  evidence: number;
}

/** The connections of one life to databases, in the order in which they were opened. */
export function collectDatabaseConnections(events: readonly RecordedEvent[]): DatabaseConnection[] {
  const byNumber = new Map<number, DatabaseConnection>();
  for (const event of events) {
    if (event.type === 'database-opened') {
      const { variable, protocol, at: openedAt, seq: evidence } = event;
      byNumber.set(event.connection, { variable, protocol, openedAt, end: null, evidence });
    } else if (event.type === 'database-closed') {
      const connection = byNumber.get(event.connection);
      if (connection === undefined) continue;
      connection.end = event;
      connection.evidence = event.seq;
    }
  }
  return [...byNumber.values()];
}

/** Somebody spoke on it: it was no mere knock, and not only asked to cancel something. */
export function isSession({ end }: DatabaseConnection): boolean {
  return end === null || end.session;
}

/** Open at a moment or opened after it. */
export function livesAt({ end }: DatabaseConnection, at: number): boolean {
  return end === null || end.at >= at;
}
