import { formatDuration } from '../plan/durations.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import type { EventOf } from '../recording/events.js';
import { isGood, type ProbeFacts } from '../recording/facts/probe.js';
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
  view: 'instance',
  needs: 'listener',
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

/** A stretch of the drain in which liveness was not good: how long, and how it failed. */
interface Gap {
  first: EventOf<'probe-run'>;
  widthMs: number;
  toTheEnd: boolean;
}

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { liveness } = life;
  const gone = goneTooSoon(life, liveness);
  if (gone !== null) return gone;
  const path = facts.endpoints.liveness?.path ?? '';
  const { badBefore, firstBadAnswer } = liveness;
  if (badBefore !== null)
    return inconclusive(
      `${path} was failing before the signal already (${describeOutcome(badBefore.outcome)})`,
      'drain',
      [badBefore.seq],
    );
  if (firstBadAnswer !== null) {
    const words = `${path} answered ${describeOutcome(firstBadAnswer.outcome)}`;
    if (facts.endpoints.liveness?.sureness === 'generic') {
      return inconclusive(
        `${words}, but its name does not say that it is liveness; name the endpoint with --live <path>`,
        'drain',
        [firstBadAnswer.seq],
      );
    }
    return fail('drain', {
      expected,
      observed: `${words} ${formatDuration(afterSignal(life, firstBadAnswer.first.endedAt))} after the signal`,
      evidence: [firstBadAnswer.seq],
    });
  }
  const gaps = gapsOf(liveness, endOf(life));
  const good = liveness.drain.filter((run) => isGood(run.outcome));
  const worst =
    gaps.find((gap) => gap.first.outcome.kind !== 'refused') ?? [...gaps].sort((a, b) => b.widthMs - a.widthMs)[0];
  if (worst === undefined)
    return pass(
      'drain',
      `${path}: ${good.reduce((sum, run) => sum + run.count, 0)} good answers, to the end`,
      good.map((run) => run.seq).slice(0, 3),
    );
  return judgeGap(worst, life, path);
}

function judgeGap({ first, widthMs, toTheEnd }: Gap, life: LifeFacts, path: string): Verdict {
  const evidence = [first.seq];
  if (first.outcome.kind !== 'refused') {
    if (worstLateness(life.liveness) > SHORTEST_PERIOD_MS)
      return inconclusive('our own probe was late by more than a second', 'drain', evidence);
    const observed = `${path} was ${describeOutcome(first.outcome)} ${formatDuration(afterSignal(life, first.first.endedAt))} after the signal`;
    return warn('drain', { expected, observed, because: 'a supervisor counts this as a failure', evidence });
  }
  const observed = toTheEnd
    ? `refused for the last ${formatDuration(widthMs)}`
    : `refused for ${formatDuration(widthMs)}, then good again`;
  if (widthMs < SHORTEST_PERIOD_MS) return pass('drain', observed, evidence);
  return warn('drain', {
    expected,
    observed,
    because: 'a supervisor that still asks counts this as a failure; keep the health endpoint up until the end',
    evidence,
  });
}

/** The stretches without a good answer. One probe that was caught in the accept queue belongs to the closing after it. */
function gapsOf(liveness: ProbeFacts, end: number): Gap[] {
  const gaps: Gap[] = [];
  let open: EventOf<'probe-run'> | null = null;
  for (const run of liveness.drain) {
    if (!isGood(run.outcome)) {
      if (open === null && !isCaughtInClosing(run, liveness)) open = run;
    } else if (open !== null) {
      gaps.push({ first: open, widthMs: run.first.startedAt - open.first.startedAt, toTheEnd: false });
      open = null;
    }
  }
  return open === null ? gaps : [...gaps, { first: open, widthMs: end - open.first.startedAt, toTheEnd: true }];
}

function isCaughtInClosing(run: EventOf<'probe-run'>, liveness: ProbeFacts): boolean {
  const next = liveness.runs.find((other) => other.seq > run.seq);
  return (
    run.count === 1 &&
    (run.outcome.kind === 'reset' || run.outcome.kind === 'closed') &&
    next?.outcome.kind === 'refused'
  );
}
