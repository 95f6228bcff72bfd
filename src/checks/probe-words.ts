import { formatDuration } from '../plan/durations.js';
import type { EventOf, ProbeOutcome } from '../recording/events.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import type { ProbeFacts } from '../recording/facts/probe.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Verdict } from './check.js';
import { questionOf, questionWords } from './probe-questions.js';
import { inconclusive, skip } from './verdict.js';

const OUTCOMES: Record<Exclude<ProbeOutcome['kind'], 'status'>, string> = {
  refused: 'refused',
  reset: 'reset',
  closed: 'closed without an answer',
  'timed-out': 'not answered in time',
  malformed: 'answered with something that is not HTTP',
};

export function describeOutcome(outcome: ProbeOutcome): string {
  return outcome.kind === 'status' ? String(outcome.status) : OUTCOMES[outcome.kind];
}

/** `31–41 ms`: the interval in which a probe changed, counted from the signal. */
export function describeFlip(life: LifeFacts, probe: ProbeFacts): string {
  if (probe.flipped === null) return 'it did not change';
  const from = afterSignal(life, probe.flipped.from);
  const to = afterSignal(life, probe.flipped.to);
  if (Math.round(from) === Math.round(to)) return formatDuration(to);
  // One unit is enough where both have the same.
  return to < 1000 ? `${Math.round(from)}–${formatDuration(to)}` : `${formatDuration(from)}–${formatDuration(to)}`;
}

/** The readiness endpoint, or a skip: that none is known is said once, by fails-readiness. */
export function readinessOrSkip(facts: RunFacts): EventOf<'endpoint-resolved'> | Verdict {
  const endpoint = knownReadiness(facts);
  return isVerdict(endpoint) ? skip('no readiness endpoint is known; see fails-readiness') : endpoint;
}

/** The readiness endpoint, or the verdict that follows from not knowing one. */
export function knownReadiness(facts: RunFacts): EventOf<'endpoint-resolved'> | Verdict {
  const endpoint = facts.endpoints.readiness;
  if (endpoint === null) return inconclusive('the recording does not say which endpoint is readiness');
  if (endpoint.how === 'none-given') return skip('you said that there is no readiness endpoint (--ready none)');
  if (endpoint.path !== null) return endpoint;
  const hint = `no readiness endpoint was found among ${endpoint.asked} paths; name it with --ready <path>, or say --ready none`;
  const routed = facts.plan.profile === 'kubernetes' || facts.plan.profile === 'load-balancer';
  return routed ? inconclusive(hint) : skip(hint);
}

/** What the manifest asks for readiness and liveness alike, where nobody said otherwise; null: nothing. */
function askedForBoth({ plan }: RunFacts): string | null {
  const { readiness, liveness } = plan.manifest?.pod ?? { readiness: null, liveness: null };
  if (readiness === null || liveness === null || plan.liveness.kind !== 'discover') return null;
  return questionOf(readiness) === questionOf(liveness) ? questionWords(liveness) : null;
}

export function knownLiveness(facts: RunFacts): EventOf<'endpoint-resolved'> | Verdict {
  // Another endpoint that was found is none that anybody asks.
  const both = askedForBoth(facts);
  if (both !== null) return skip(`the manifest asks ${both} for readiness and liveness alike; see k8s-probes-separate`);
  const endpoint = facts.endpoints.liveness;
  if (endpoint === null) return inconclusive('the recording does not say which endpoint is liveness');
  if (endpoint.how === 'none-given') return skip('you said that there is no liveness endpoint (--live none)');
  if (endpoint.path !== null) return endpoint;
  return skip(`no liveness endpoint was found among ${endpoint.asked} paths; name it with --live <path>`);
}

export function isVerdict(value: EventOf<'endpoint-resolved'> | Verdict): value is Verdict {
  return 'status' in value;
}

/** The verdict when the target was gone before a probe could be asked after the signal, else null. */
export function goneTooSoon(life: LifeFacts, probe: ProbeFacts): Verdict | null {
  if (probe.drain.some((run) => run.last.startedAt >= (life.signal?.at ?? Infinity))) return null;
  return skip(
    `it was gone ${formatDuration(afterSignal(life, endOf(life)))} after the signal, before ${probe.role} was asked again`,
    'drain',
  );
}

/** How late our own probe was at worst during the drain, when that matters. Milliseconds. */
export function worstLateness(probe: ProbeFacts): number {
  return Math.max(0, ...probe.drain.map((run) => run.maxLateMs));
}
