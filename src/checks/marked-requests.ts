import { fateOf } from '../recording/facts/answers.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { MarkedRequest } from '../recording/facts/marks.js';
import type { RunFacts } from '../recording/facts/run.js';

/** Those that were sent in peace and answered. */
export function inPeace({ marks }: LifeFacts): MarkedRequest[] {
  return marks.requests.filter(({ of, answeredAt }) => of === null && answeredAt !== null);
}

/** A marked request that was in flight at the signal and was finished, and when. */
export interface FinishedRequest {
  marked: MarkedRequest;
  finishedAt: number;
}

/** Those that were in flight at the signal and got their answer: of others there may be nothing to tell. */
export function finishedInFlight(life: LifeFacts, facts: RunFacts): FinishedRequest[] {
  return life.marks.requests.flatMap((marked) => {
    const exchange = life.inFlight.find(({ id }) => id === marked.of);
    if (exchange?.end === undefined || exchange.end === null) return [];
    return fateOf(exchange, life, facts) === 'finished' ? [{ marked, finishedAt: exchange.end.at }] : [];
  });
}
