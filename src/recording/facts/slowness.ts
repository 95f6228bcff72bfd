import type { LifeFacts } from './life.js';

/** What is answered within this time is answered at once. Milliseconds. */
const AT_ONCE_MS = 10;

/**
 * How slow the target was around some time, or we were in seeing it: the longest that a probe or a short request waited for
 * its outcome then, and never less than a moment. What lies no further apart may have happened together.
 */
export function slowness(life: LifeFacts, from: number, to: number): number {
  const probes = [...life.readiness.runs, ...life.liveness.runs].flatMap((run) => [run.first, run.last]);
  const requests = life.exchanges.flatMap(({ kind, openedAt, end }) =>
    (kind === 'new-connection' || kind === 'reused-connection') && end?.ending === 'answered'
      ? [{ startedAt: openedAt, endedAt: end.at }]
      : [],
  );
  const around = [...probes, ...requests].filter(
    ({ startedAt, endedAt }) => startedAt <= to + AT_ONCE_MS && endedAt >= from - AT_ONCE_MS,
  );
  return Math.max(AT_ONCE_MS, ...around.map(({ startedAt, endedAt }) => endedAt - startedAt));
}
