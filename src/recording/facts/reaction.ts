import type { LifeFacts } from './life.js';

/** The first sign that the service did something about the signal. */
export interface Reaction {
  kind: 'readiness' | 'turned away' | 'announced' | 'listener';
  at: number;
  seq: number;
}

/** A listener that closes this long before the death was closed by the service, not by dying. Milliseconds. */
const CLOSED_BEFORE_DEATH_MS = 250;

/** What the service did first about the signal, as far as clients could see; null when they saw nothing. */
export function firstReaction(life: LifeFacts): Reaction | null {
  const { readiness, listener, exchanges } = life;
  const signalAt = life.signal?.at ?? Infinity;
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
  return seen.sort((a, b) => a.at - b.at)[0] ?? null;
}

/** A reaction that cannot be the mere act of dying, which closes the listener as well. */
export function deliberateReaction(life: LifeFacts): Reaction | null {
  const reaction = firstReaction(life);
  if (reaction?.kind !== 'listener') return reaction;
  return life.exit !== null && life.exit.at - reaction.at >= CLOSED_BEFORE_DEATH_MS ? reaction : null;
}
