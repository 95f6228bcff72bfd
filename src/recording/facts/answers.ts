import type { Exchange } from './exchange.js';
import type { LifeFacts } from './life.js';
import type { RunFacts } from './run.js';
import { OUTLIVED_NOTICE_MS } from './process.js';

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
  if (end.ending === 'rejected' || end.ending !== 'answered') return normallyRejects(exchange, facts) && end.ending === 'rejected' ? 'finished' : 'lost';
  if (life.exit !== null && life.outlived !== null && end.at > life.exit.at + OUTLIVED_NOTICE_MS) return 'by-orphan';
  const serverError = (end.status ?? 0) >= 500;
  if (!serverError && end.framing !== 'close') return 'finished';
  const peace = answerInPeace(exchange, facts);
  if (peace === null) return 'needs-baseline';
  if (serverError) return peace.status === end.status ? 'finished' : 'lost';
  if (peace.bytes === null) return 'finished';
  return peace.bytes === end.bytes ? 'finished' : end.bytes < peace.bytes ? 'lost' : 'finished';
}

function normallyRejects(exchange: Exchange, facts: RunFacts): boolean {
  return answerInPeace(exchange, facts)?.status === 503;
}

/** The answer to the same request when nothing was signalled: from a baseline, or from calibrating the upload. */
function answerInPeace(exchange: Exchange, facts: RunFacts): { status: number | null; bytes: number | null } | null {
  const baseline = facts.baselines.find((one) => one.method === exchange.method && one.path === exchange.path);
  if (baseline !== undefined && baseline.status !== null) return { status: baseline.status, bytes: baseline.bytes };
  const { upload } = facts;
  const isUpload = exchange.releasedAt !== null || exchange.kind === 'slow-upload';
  return isUpload && upload?.path === exchange.path ? { status: upload.status, bytes: null } : null;
}
