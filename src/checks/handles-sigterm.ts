import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import { formatDuration } from '../plan/durations.js';
import { defineCheck, type Verdict } from './check.js';
import { signalPath } from './signal-path.js';
import { countEndings, evidenceOf, fail, inconclusive, inScenario, pass, plural } from './verdict.js';

const expected = 'the signal sets off a shutdown: work in flight is finished, or the process ends by its own exit';

export const handlesSigterm = defineCheck({
  id: 'handles-sigterm',
  item: 1,
  level: () => 'must',
  topic: 'Reaction to the signal',
  kept: 'The signal set off a shutdown',
  broken: 'The signal did not set off a shutdown',
  why: 'An orchestrator says goodbye with a signal. A service that does not handle it dies in the middle of its work, or is killed at the end of the grace period.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: handle SIGTERM' },
    { mark: 'K', text: 'Kubernetes documentation, Pod Lifecycle, Termination of Pods' },
  ],
  cure: 'install a handler for SIGTERM that stops accepting, waits for the work in flight, then exits',
  judge: (facts) => inScenario(facts, 'drain', judgeDrain),
});

function judgeDrain(life: LifeFacts): Verdict {
  const { exit, signal, killed } = life;
  if (exit === null || signal === null) return inconclusive('the recording ends before the target did', 'drain');
  const cut = life.inFlight.filter((exchange) => exchange.end?.ending !== 'answered');
  const reaction = firstReaction(life);
  if (signalPath(life).lost) return inconclusive('the signal did not reach the server; see signal-reaches-server', 'drain');
  if (killed !== null && exit.signal === 'SIGKILL') {
    if (reaction !== null) return pass('drain', reaction.words, [reaction.seq]);
    return fail('drain', { expected, observed: `no reaction to ${signal.signal} until SIGKILL after ${formatDuration(afterSignal(life, killed.at))}`, evidence: [signal.seq, killed.seq] });
  }
  const after = formatDuration(afterSignal(life, exit.at));
  if (exit.signal !== signal.signal) {
    return pass('drain', exit.signal === null ? `it ended by its own exit after ${after}` : `it ended by ${exit.signal} after ${after}`, [exit.seq]);
  }
  if (cut.length > 0) {
    const observed = `it died of ${signal.signal} itself after ${after} with ${plural(cut.length, 'request')} in flight: ${countEndings(cut)}`;
    return fail('drain', { expected, observed, evidence: [exit.seq, ...evidenceOf(cut)] });
  }
  if (life.inFlight.length > 0) {
    return pass('drain', `work survived, then it raised ${signal.signal} itself`, [exit.seq, ...evidenceOf(life.inFlight)]);
  }
  return inconclusive(`it died of ${signal.signal} with nothing in flight, which is no proof either way; name a slow endpoint with --slow`, 'drain', [exit.seq]);
}

/** The first sign that the service did something about the signal. */
function firstReaction(life: LifeFacts): { words: string; seq: number } | null {
  const { readiness, listener, exchanges } = life;
  if (readiness.firstBadAnswer !== null) {
    return { words: `readiness changed after ${formatDuration(afterSignal(life, readiness.firstBadAnswer.first.endedAt))}`, seq: readiness.firstBadAnswer.seq };
  }
  if (listener.closed !== null) {
    return { words: `the listener was closed after ${formatDuration(afterSignal(life, listener.closed.to))}`, seq: listener.evidence[0] ?? 0 };
  }
  const announced = exchanges.find(
    (exchange) => exchange.kind === 'reused-connection' && exchange.openedAt > (life.signal?.at ?? 0) && exchange.end?.announcedClose === true,
  );
  const rejected = exchanges.find((exchange) => exchange.kind === 'new-connection' && exchange.end?.ending === 'rejected');
  const sign = announced ?? rejected;
  return sign === undefined ? null : { words: 'it answered differently after the signal', seq: sign.evidence };
}
