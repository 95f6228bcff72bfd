import { formatDuration } from '../plan/durations.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import type { EventOf } from '../recording/events.js';
import { isGood } from '../recording/facts/probe.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describeOutcome, goneTooSoon, isVerdict, knownLiveness, worstLateness } from './probe-words.js';
import { fail, inconclusive, inScenario, pass, warn } from './verdict.js';

/** The shortest period of a liveness probe: being refused for less need never be seen. Milliseconds. */
const SHORTEST_PERIOD_MS = 1000;
const expected = 'liveness answers 200 for as long as the process drains';

export const keepsLiveness = defineCheck({
  id: 'keeps-liveness',
  item: 8,
  level: () => 'must',
  topic: 'Liveness while draining',
  kept: 'Liveness stayed up while draining',
  broken: 'Liveness failed while draining',
  why: 'A failing liveness probe asks for a restart: old kubelets and other supervisors kill the process in the middle of its drain.',
  sources: [
    { mark: 'P', text: 'liveness stays up during shutdown' },
    { mark: 'K', text: 'kubelets of today stop liveness probes for a terminating pod; 1.20 did not' },
  ],
  cure: 'answer liveness from a handler that knows nothing of the shutdown, until the process ends',
  judge: (facts) => {
    const endpoint = knownLiveness(facts);
    return isVerdict(endpoint) ? endpoint : inScenario(facts, 'drain', (life) => judgeDrain(life, facts));
  },
});

/** One probe that was caught in the accept queue when the listener closed belongs to that closing. */
function withoutTheClosing(bad: readonly EventOf<'probe-run'>[]): readonly EventOf<'probe-run'>[] {
  const [first, second] = bad;
  const caught = first?.count === 1 && (first.outcome.kind === 'reset' || first.outcome.kind === 'closed') && second?.outcome.kind === 'refused';
  return caught ? bad.slice(1) : bad;
}

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { liveness } = life;
  const gone = goneTooSoon(life, liveness);
  if (gone !== null) return gone;
  const path = facts.endpoints.liveness?.path ?? '';
  const bad = liveness.drain.filter((run) => !isGood(run.outcome));
  const answered = bad.find((run) => run.outcome.kind === 'status');
  if (answered !== undefined) {
    const generic = facts.endpoints.liveness?.sureness === 'generic';
    if (generic) return inconclusive(`${path} answered ${describeOutcome(answered.outcome)}, but its name does not say that it is liveness; name the endpoint with --live <path>`, 'drain', [answered.seq]);
    return fail('drain', { expected, observed: `${path} answered ${describeOutcome(answered.outcome)} ${formatDuration(afterSignal(life, answered.first.endedAt))} after the signal`, evidence: [answered.seq] });
  }
  const [first] = withoutTheClosing(bad);
  const total = liveness.drain.reduce((sum, run) => sum + run.count, 0);
  if (first === undefined) return pass('drain', `${path}: ${total} good answers, to the end`, liveness.drain.map((run) => run.seq).slice(0, 3));
  const evidence = bad.map((run) => run.seq).slice(0, 5);
  if (first.outcome.kind !== 'refused') {
    if (worstLateness(liveness) > SHORTEST_PERIOD_MS) return inconclusive('our own probe was late by more than a second', 'drain', evidence);
    return warn('drain', { expected, observed: `${path} was ${describeOutcome(first.outcome)} ${formatDuration(afterSignal(life, first.first.endedAt))} after the signal`, because: 'a supervisor counts this as a failure', evidence });
  }
  const width = endOf(life) - first.first.startedAt;
  const observed = `refused for the last ${formatDuration(width)}`;
  if (width < SHORTEST_PERIOD_MS) return pass('drain', observed, evidence);
  return warn('drain', { expected, observed, because: 'a supervisor that still asks counts this as a failure; keep the health endpoint up until the end', evidence });
}
