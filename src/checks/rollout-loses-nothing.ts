import { formatDuration } from '../plan/durations.js';
import type { AfterStop, Plan, TargetPlan } from '../plan/types.js';
import { anythingChanged } from '../recording/facts/beginning.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import { rolloutFacts } from '../recording/facts/rollout.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { judgeRehearsal } from './rehearsal.js';
import { KIND_WORDS } from './kind-words.js';
import { endingWords, evidenceOf, fail, inconclusive, inScenario, pass, plural, skip, tally, warn } from './verdict.js';

const expected = 'every request is answered while one instance takes the other’s place, on new and on kept connections';

export const rolloutLosesNothing = defineCheck({
  id: 'rollout-loses-nothing',
  item: 2,
  level: () => 'must',
  view: 'clients',
  needs: ['replacement', 'manifest'],
  topic: 'Requests during a rollout',
  kept: 'A rollout lost no request',
  broken: 'A rollout lost requests',
  why: 'A rollout replaces one instance by another under traffic. Whatever is refused, reset or answered with an error meanwhile is lost on every deploy.',
  sources: [
    { mark: 'K', text: 'Kubernetes documentation, rolling updates: the new pod must be ready before the old one goes' },
    { mark: 'F', text: 'an instance that ends before its routes have followed loses what is still sent to it' },
  ],
  cure: 'bring the new instance up until it is ready, move the traffic, let the old one drain, and stop it only then',
  judge: (facts, plan) =>
    plan.target.kind === 'url'
      ? inScenario(facts, 'together', (life) => judgeRollout(life, facts, plan))
      : inScenario(facts, 'kubernetes', (life) => judgeRehearsal(life, plan)),
});

function judgeRollout(life: LifeFacts, facts: RunFacts, { target }: Plan): Verdict {
  if (life.settled === null) return inconclusive('the recording ends before traffic was steady again', 'together');
  if (!life.replaced)
    return skip(
      'the service was gone in the end; if another instance was to take its place, say --after-stop replaced',
      'together',
    );
  const { all, lost, raced, lostBefore } = rolloutFacts(life, facts);
  if (lostBefore.length > 0)
    return inconclusive(
      `${plural(lostBefore.length, 'request')} failed before anything was stopped, so what failed later proves nothing`,
      'together',
      evidenceOf(lostBefore),
    );
  if (lost.length === 0 && afterStopOf(target) === null && !anythingChanged(life.events, life.exchanges))
    return inconclusive(
      'clients saw no change at all, so that nothing was stopped is as likely as a flawless replacement; if it was to be replaced, and the stop command waits for that, say --after-stop replaced',
      'together',
      [life.settled.seq],
    );
  if (lost.length === 0)
    return pass(
      'together',
      `${plural(all.length, 'request')}, none lost`,
      [life.settled.seq],
      'that it was another instance cannot be seen from outside',
    );
  const observed = `${lost.length} of ${plural(all.length, 'request')} lost, the first ${formatDuration(afterSignal(life, firstEnd(lost)))} after the first sign of the stop: ${byKind(lost)}`;
  if (raced.length === lost.length)
    return warn('together', {
      expected,
      observed,
      because: 'each crossed with the closing of its kept connection, a race that keep-alive always has',
      evidence: evidenceOf(lost),
    });
  const gone = life.settled.serving ? '' : '; nothing serves in the end';
  return fail('together', { expected, observed: `${observed}${gone}`, evidence: evidenceOf(lost) });
}

function afterStopOf(target: TargetPlan): AfterStop | null {
  return target.kind === 'url' ? target.afterStop : null;
}

function firstEnd(exchanges: readonly Exchange[]): number {
  return Math.min(...exchanges.map(({ end }) => end?.at ?? Infinity));
}

/** `new connections: 3 refused, 1 reset; slow requests: 2 reset`. */
function byKind(exchanges: readonly Exchange[]): string {
  const kinds = [...new Set(exchanges.map(({ kind }) => kind))];
  return kinds
    .map((kind) => `${KIND_WORDS[kind]}: ${tally(exchanges.filter((one) => one.kind === kind).map(howLost))}`)
    .join('; ');
}

function howLost(exchange: Exchange): string {
  const { end } = exchange;
  return end?.ending === 'answered' ? `answered ${end.status ?? 0}` : endingWords(exchange);
}
