import type { Ending, Framing } from '../recording/events.js';
import type { SocketEnd } from './socket-end.js';

/** How the server ended one HTTP/2 stream before its time, with or without the connection. */
export type StreamEnd = 'reset' | 'refused';

/** What was seen of one exchange when it was over. */
export interface Observation {
  /** The response head's status, or null when none came. */
  status: number | null;
  /** The protocol library saw the end of the message. */
  complete: boolean;
  framing: Framing | null;
  /** What the server said of an HTTP/2 stream with a frame. */
  streamEnd?: StreamEnd | null;
  /** How the socket ended, if it had ended by then. */
  socketEnd: SocketEnd | null;
  timedOut: boolean;
}

/**
 * The ending of an exchange. Completeness of the answer decides first: how a connection is closed after a
 * complete answer says nothing about the exchange. A body that only the connection's end delimits is complete only
 * when that end was a FIN.
 */
export function endingOf(seen: Observation): Ending {
  const cutByReset = seen.framing === 'close' && seen.socketEnd === 'rst';
  if (seen.complete && seen.status !== null && !cutByReset) return seen.status === 503 ? 'rejected' : 'answered';
  if (seen.timedOut) return 'timed-out';
  if (seen.streamEnd) return seen.streamEnd;
  switch (seen.socketEnd) {
    case 'refused':
      return 'refused';
    case 'rst':
      return 'reset';
    case 'tester':
    case 'error':
      // Our own doing, or an error of this machine (no more ports, say): it proves nothing about the target.
      return 'ended-by-tester';
    case 'fin':
    case null:
      return seen.status === null && seen.socketEnd === 'fin' ? 'closed' : 'short';
  }
}
