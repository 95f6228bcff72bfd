import type { EventOf, ProbeOutcome, ProbeRole, RecordedEvent } from '../events.js';

/** Between these two moments something happened; both are times of the recording. */
export interface Interval {
  from: number;
  to: number;
}

export interface ProbeFacts {
  role: ProbeRole;
  /** Runs of equal outcomes whose probes were begun after the signal and answered before everything was gone. */
  drain: EventOf<'probe-run'>[];
  /** All runs, for drawing. */
  runs: EventOf<'probe-run'>[];
  /** From the beginning of the last good answer to the end of the first bad one, or null while it stayed good. */
  flipped: Interval | null;
  /** The first time after the signal that it failed for certain: a status that is not good, or a closed listener. */
  firstBad: EventOf<'probe-run'> | null;
  /** The first answer (not a closed listener) that was bad. */
  firstBadAnswer: EventOf<'probe-run'> | null;
  /** It had failed already when the signal was sent. */
  badBefore: EventOf<'probe-run'> | null;
  /** A good answer after a bad one. */
  recovered: EventOf<'probe-run'> | null;
}

/** An outcome that is an answer of the service's: resets, time-outs and garbage are no decision of its own. */
export function hasFailed(outcome: ProbeOutcome): boolean {
  return outcome.kind === 'refused' || (outcome.kind === 'status' && !isGood(outcome));
}

/** Kubelets take 200 to 399 for success. */
export function isGood(outcome: ProbeOutcome): boolean {
  return outcome.kind === 'status' && outcome.status >= 200 && outcome.status < 400;
}

/**
 * A dying process closes its listener a moment before it counts as dead, and that is not a decision of the
 * service. Milliseconds; on a busy machine more than 20 were seen.
 */
export const EXIT_TEARDOWN_MS = 50;

function cutOff(run: EventOf<'probe-run'>, endAt: number): number {
  return run.outcome.kind === 'status' ? endAt : endAt - EXIT_TEARDOWN_MS;
}

/**
 * What one probe saw of the drain.
 * @param endAt when the last process was gone; probes after it say nothing about the target
 */
export function probeFacts(
  role: ProbeRole,
  events: readonly RecordedEvent[],
  signalAt: number | null,
  endAt: number,
): ProbeFacts {
  const runs = events.filter((event) => event.type === 'probe-run').filter((run) => run.role === role);
  const drain =
    signalAt === null
      ? []
      : runs.filter((run) => run.last.startedAt >= signalAt && run.first.endedAt < cutOff(run, endAt));
  const isNew = (run: EventOf<'probe-run'>) => run.first.endedAt >= (signalAt ?? 0);
  const lastBefore = signalAt === null ? undefined : runs.findLast((run) => run.first.endedAt < signalAt);
  const firstBadIndex = drain.findIndex((run) => isNew(run) && hasFailed(run.outcome));
  const firstBad = drain[firstBadIndex] ?? null;
  const lastGood =
    firstBad === null ? null : runs.filter((run) => isGood(run.outcome) && run.seq < firstBad.seq).at(-1);
  const firstBadAnswer =
    drain.find((run) => isNew(run) && run.outcome.kind === 'status' && !isGood(run.outcome)) ?? null;
  return {
    role,
    drain,
    runs,
    firstBad,
    firstBadAnswer,
    badBefore: lastBefore !== undefined && hasFailed(lastBefore.outcome) ? lastBefore : null,
    flipped:
      firstBad === null || signalAt === null
        ? null
        : { from: Math.max(signalAt, lastGood?.last.startedAt ?? signalAt), to: firstBad.first.endedAt },
    recovered: firstBadIndex < 0 ? null : (drain.slice(firstBadIndex + 1).find((run) => isGood(run.outcome)) ?? null),
  };
}
