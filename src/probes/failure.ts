import { assertNotOurs } from '../errors.js';
import type { ProbeOutcome } from '../recording/events.js';

const KINDS: Readonly<Record<string, Exclude<ProbeOutcome['kind'], 'status'>>> = {
  ECONNREFUSED: 'refused',
  // The file of a Unix socket is gone, which is how one is closed for good.
  ENOENT: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  UND_ERR_CONNECT_TIMEOUT: 'timed-out',
  UND_ERR_SOCKET: 'closed',
  // GOAWAY with an error, which ends the connection.
  ERR_HTTP2_SESSION_ERROR: 'closed',
};

/**
 * The way of not answering that an error of the connection stands for.
 * @throws the error, when it was we who could not connect
 */
export function outcomeOf(error: NodeJS.ErrnoException): ProbeOutcome {
  assertNotOurs(error);
  const { code = '', syscall } = error;
  // Node calls it a reset as well when the connection is closed in the middle of TLS's handshake.
  if (code === 'ECONNRESET' && syscall === undefined) return { kind: 'closed' };
  return { kind: KINDS[code] ?? 'malformed' };
}
