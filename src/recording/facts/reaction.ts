import type { Exchange } from './exchange.js';
import type { LifeFacts } from './life.js';
import { hasFailed, isGood, type ProbeFacts } from './probe.js';

/** The first sign that the service did something about the signal. */
export interface Reaction {
  kind: 'readiness' | 'turned away' | 'announced' | 'listener';
  at: number;
  seq: number;
}

/** A listener that closes this long before the death was closed by the service, not by dying. Milliseconds. */
const CLOSED_BEFORE_DEATH_MS = 250;

/**
 * What the service did first about the signal, as far as clients could see; null when they saw nothing. After the grace
 * period the signal is given to more processes than the one it was sent to, and what is seen then proves nothing.
 */
export function firstReaction(life: LifeFacts): Reaction | null {
  const { readiness, listener, exchanges } = life;
  const signalAt = life.signal?.at ?? Infinity;
  const graceOverAt = life.graceOver?.at ?? Infinity;
  const seen: Reaction[] = [];
  if (readiness.firstBadAnswer !== null)
    seen.push({ kind: 'readiness', at: readiness.firstBadAnswer.first.endedAt, seq: readiness.firstBadAnswer.seq });
  if (listener.closed !== null) seen.push({ kind: 'listener', at: listener.closed.to, seq: listener.evidence[0] ?? 0 });
  for (const { kind, openedAt, end, evidence } of exchanges) {
    if (openedAt <= signalAt || end === null) continue;
    if (kind === 'new-connection' && end.ending === 'rejected')
      seen.push({ kind: 'turned away', at: end.at, seq: evidence });
    if (kind === 'reused-connection' && end.announcedClose === true)
      seen.push({ kind: 'announced', at: end.at, seq: evidence });
  }
  return seen.filter(({ at }) => at <= graceOverAt).sort((a, b) => a.at - b.at)[0] ?? null;
}

/** A reaction that cannot be the mere act of dying, which closes the listener as well. */
export function deliberateReaction(life: LifeFacts): Reaction | null {
  const reaction = firstReaction(life);
  if (reaction?.kind !== 'listener') return reaction;
  return life.exit !== null && life.exit.at - reaction.at >= CLOSED_BEFORE_DEATH_MS ? reaction : null;
}

/**
 * Whether the server did something between two moments that shows that it heard a signal which it was given then: it
 * ended, turned clients away, told them to leave, or failed a probe that was answered well before.
 */
export function heardBetween(life: LifeFacts, from: number, to: number): boolean {
  const within = (at: number) => at >= from && at < to;
  const owners = new Set(life.listeners.map((listener) => listener.pid));
  return (
    life.events.some((event) => event.type === 'process-gone' && owners.has(event.pid) && within(event.at)) ||
    life.goaways.some((goaway) => within(goaway.at)) ||
    life.exchanges.some(
      (exchange) => within(exchange.openedAt) && within(exchange.end?.at ?? Infinity) && isFarewell(exchange),
    ) ||
    [life.readiness, life.liveness].some((probe) => turnedBad(probe).some(within))
  );
}

function isFarewell({ kind, end }: Exchange): boolean {
  if (kind === 'reused-connection') return end?.announcedClose === true;
  return kind === 'new-connection' && (end?.ending === 'rejected' || end?.ending === 'refused');
}

/** The moments in which a probe failed that had been answered well. */
function turnedBad({ runs }: ProbeFacts): number[] {
  return runs.flatMap((run, index) => {
    const before = runs[index - 1];
    return hasFailed(run.outcome) && before !== undefined && isGood(before.outcome) ? [run.first.endedAt] : [];
  });
}
