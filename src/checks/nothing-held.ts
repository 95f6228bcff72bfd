import type { ExchangeKind } from '../recording/events.js';
import { isUntouched, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Verdict } from './check.js';
import { inconclusive, skip } from './verdict.js';

/** Why no request was in flight at the signal, and the option that would help. */
export function whyNoRequest(life: LifeFacts, facts: RunFacts): string {
  const tried = life.exchanges.filter(({ kind }) => kind === 'slow-response' || kind === 'grpc-call');
  const [first] = tried;
  if (first !== undefined) {
    const reason = tried.find((exchange) => exchange.notArmedBecause !== null)?.notArmedBecause;
    if (reason !== undefined && reason !== null) return `nothing was in flight: ${reason}`;
    return first.kind === 'grpc-call'
      ? 'the gRPC call was over before the signal; name one that takes longer with --grpc'
      : 'the slow endpoint had answered before the signal; name one that takes longer with --slow';
  }
  const upload =
    facts.upload === null
      ? ''
      : ` (${facts.upload.method} ${facts.upload.path}: ${facts.upload.reason ?? 'it did not hold'})`;
  return `nothing could be held in flight${upload}; name an endpoint that takes a while with --slow <path>`;
}

/**
 * The verdict when nothing of some kinds was open at the signal. Where an endpoint is known the promise applies and was
 * not proved; where none is, it does not apply.
 * @param unknown says that none is known, and how to name one
 */
export function nothingOpen(
  life: LifeFacts,
  facts: RunFacts,
  { kinds, endpoint, unknown }: { kinds: readonly ExchangeKind[]; endpoint: 'stream' | 'websocket'; unknown: string },
): Verdict {
  const tried = life.exchanges.filter((exchange) => kinds.includes(exchange.kind));
  const known = facts.workEndpoints.filter((one) => one.kind === endpoint);
  const path = tried[0]?.path ?? known[0]?.path;
  if (path === undefined) return skip(unknown, life.scenario);
  if (life.replaced && tried.some(isUntouched))
    return skip(`${path} was open all the time: it was not touched`, life.scenario);
  const reason = tried.find((exchange) => exchange.notArmedBecause !== null)?.notArmedBecause;
  return inconclusive(`${path} was not open at the signal: ${reason ?? 'it had ended before'}`, life.scenario);
}
