import type { HttpOutcome, HttpRequest } from '../../../src/traffic/http-message.js';
import { uploadRequest, plainRequest } from '../../../src/traffic/upload.js';
import { HeldBody } from '../../../src/traffic/held-body.js';
import type { Transport } from './server.js';

/** One field of the table: what the server does on what kind of connection, and how that must end. */
export interface Cell {
  connection: string;
  behaviour: string;
  /** Ending, status, and for an answer that is not complete how the socket ended. */
  expected: string;
  /** Plays it once and says how it ended, in the same words. */
  play: () => Promise<string>;
}

/** A kind of connection on which something is asked. */
export interface Kind {
  name: string;
  transport: Transport;
  protocol: 'http/1.1' | 'h2';
  request: () => HttpRequest;
}

export const plain = (close = false) => plainRequest('/', close);

/** An upload of which the last byte never comes. */
export function heldUpload(): HttpRequest {
  return uploadRequest({ method: 'POST', path: '/', headers: [], body: '' }, new HeldBody(Buffer.from('a body')));
}

/** Unix sockets know no RST: there is one only for what was not read. */
export function isPossible({ transport }: Kind, behaviour: string): boolean {
  return transport !== 'unix' || !/\bRST\b/.test(behaviour);
}

/** How an exchange ended, in the words of the table. */
export function words({
  ending,
  status,
  socketEnd,
  detail,
}: Pick<HttpOutcome, 'ending' | 'status' | 'socketEnd' | 'detail'>): string {
  // Where the end of the socket decides nothing, it may be known by then or not.
  const whole = ending === 'answered' || ending === 'rejected';
  const byFrame = detail !== null && /^(RST_STREAM|GOAWAY)/.test(detail);
  const parts = [ending, status, whole || byFrame || socketEnd === 'tester' ? null : socketEnd];
  return parts.filter((part) => part !== null).join(' ');
}

/**
 * Plays what ends only because we wait no longer: with so little patience that nobody notices, and with more where the
 * machine was too slow to come as far as the table says.
 */
export async function patiently(expected: string, play: (timeoutMs: number) => Promise<string>): Promise<string> {
  if (!expected.startsWith('timed-out')) return play(0);
  for (let timeoutMs = 30; ; timeoutMs *= 2) {
    const seen = await play(timeoutMs);
    if (seen === expected || !seen.startsWith('timed-out') || timeoutMs > 10_000) return seen;
  }
}
