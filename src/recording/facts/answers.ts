import type { Exchange } from './exchange.js';
import { steppedInAt, type LifeFacts } from './life.js';
import type { RunFacts } from './run.js';

/**
 * An answer is an orphan's when it came this long after the signalled process was gone: answers and the time of death
 * are stamped by different threads. Milliseconds.
 */
const ORPHAN_AFTER_MS = 50;

/** What became of one exchange that was in flight at the signal. */
export type Fate =
  /** A complete answer, as in peace. */
  | 'finished'
  /** No complete answer, or a server error that it does not give in peace. */
  | 'lost'
  /** Complete, but by a process that outlived the one that was signalled: in a container it would have been killed. */
  | 'by-orphan'
  /** It cannot be told without knowing what the answer is in peace. */
  | 'needs-baseline'
  /** Ended by us. */
  | 'not-observed';

/** Tells what became of an exchange that was in flight. */
export function fateOf(exchange: Exchange, life: LifeFacts, facts: RunFacts): Fate {
  const { end } = exchange;
  if (end === null || end.ending === 'ended-by-tester') return 'not-observed';
  // An answer that came because we had stepped in by then is one that nobody would have waited for.
  if ((life.followed.length > 0 || life.left.length > 0) && end.at >= steppedInAt(life)) return 'lost';
  const peace = answerInPeace(exchange, facts);
  if (end.ending === 'rejected') return peace === null ? 'needs-baseline' : peace.status === 503 ? 'finished' : 'lost';
  if (end.ending !== 'answered') return 'lost';
  if (isOrphans(end.at, life)) return 'by-orphan';
  const status = end.status ?? 0;
  if (peace === null) return status >= 500 || end.framing === 'close' ? 'needs-baseline' : 'finished';
  if (kindOf(status) !== 2 && kindOf(status) !== kindOf(peace.status ?? 0)) return 'lost';
  return end.framing === 'close' && peace.bytes !== null && end.bytes < peace.bytes ? 'lost' : 'finished';
}

/** 2 for 200 and 201, 4 for 404 and 409: statuses of one kind say the same about a shutdown. */
function kindOf(status: number): number {
  return Math.floor(status / 100);
}

/** Given by another process after the one that was signalled had died. */
export function isOrphans(at: number, { exit, goneAt }: LifeFacts): boolean {
  return exit !== null && goneAt !== null && goneAt > exit.at && at > exit.at + ORPHAN_AFTER_MS;
}

/** The answer to the same request when nothing was signalled: from a baseline, or from calibrating the upload. */
function answerInPeace(exchange: Exchange, facts: RunFacts): { status: number | null; bytes: number | null } | null {
  const baseline = facts.baselines.find((one) => one.method === exchange.method && one.path === exchange.path);
  if (baseline !== undefined && baseline.status !== null) return { status: baseline.status, bytes: baseline.bytes };
  const { upload } = facts;
  const isUpload = exchange.releasedAt !== null || exchange.kind === 'slow-upload';
  return isUpload && upload?.path === exchange.path ? { status: upload.status, bytes: null } : null;
}
