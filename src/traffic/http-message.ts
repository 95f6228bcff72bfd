import type { Ending, Framing } from '../recording/events.js';
import type { SocketEnd } from './socket-end.js';

export interface HttpRequest {
  method: string;
  path: string;
  headers: readonly [string, string][];
  /** Sent at once when it is a buffer; pulled when it is iterable, which needs `length`. */
  body: Buffer | AsyncIterable<Buffer> | null;
  /** Length of an iterable body in bytes. */
  length: number | null;
  /** Whether to say `Connection: close`, which HTTP/2 does not know. */
  close: boolean;
  /** Filled with the answer, where somebody reads it. HTTP/1.1 only. */
  answer?: KeptAnswer;
}

/** What an answer says: its headers in lower case, and the beginning of its body. */
export interface KeptAnswer {
  headers: Record<string, string>;
  body: string;
}

/** So much of a body is kept. Characters. */
export const LONGEST_KEPT = 64 * 1024;

/** How one request on a connection ended. */
export interface HttpOutcome {
  ending: Ending;
  status: number | null;
  bytes: number;
  framing: Framing | null;
  announcedClose: boolean | null;
  socketEnd: SocketEnd | null;
  detail: string | null;
}

/** Whether an answer has no body whatever its headers say (RFC 9110, section 6.4.1). */
export function hasNoBody(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304;
}
