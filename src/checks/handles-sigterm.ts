import { afterSignal, endedByItself, type LifeFacts } from '../recording/facts/life.js';
import { deliberateReaction, firstReaction, type Reaction } from '../recording/facts/reaction.js';
import { formatDuration } from '../plan/durations.js';
import { defineCheck, type Verdict } from './check.js';
import { fatalSignal, signalPath } from './signal-path.js';
import { countEndings, evidenceOf, fail, inconclusive, inScenario, pass, plural } from './verdict.js';

const expected = 'the signal sets off a shutdown: work in flight is finished, or the process ends by its own exit';

export const handlesSigterm = defineCheck({
  id: 'handles-sigterm',
  item: 1,
  level: () => 'must',
  view: 'processes',
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
  const { lost, deaf, owner } = signalPath(life);
  if (lost) return inconclusive('the signal did not reach the server; see signal-reaches-server', 'drain');
  // A server that waits before it shows anything would look the same.
  if (deaf)
    return inconclusive(
      `nothing was seen of the server, pid ${owner?.pid ?? 0}, when it was given the signal directly either; start it without the process in front of it`,
      'drain',
      life.followed.map((event) => event.seq),
    );
  if (killed !== null && !endedByItself(life)) {
    const reaction = firstReaction(life);
    if (reaction !== null) return pass('drain', describeReaction(reaction, life), [reaction.seq]);
    return fail('drain', {
      expected,
      observed: `no reaction to ${signal.signal ?? 'the stop'} until SIGKILL after ${formatDuration(afterSignal(life, killed.at))}`,
      evidence: [signal.seq, killed.seq],
    });
  }
  const after = formatDuration(afterSignal(life, exit.at));
  if (life.statusUnknown) return judgeUnseen(life, after);
  const fatal = fatalSignal(life);
  if (fatal === null) return pass('drain', `it ended by its own exit after ${after}`, [exit.seq]);
  const cut = life.inFlight.filter((exchange) => exchange.end?.ending !== 'answered');
  const reaction = deliberateReaction(life);
  if (reaction !== null)
    return pass('drain', `${describeReaction(reaction, life)}; it ended by ${fatal} after ${after}`, [
      reaction.seq,
      exit.seq,
    ]);
  if (cut.length > 0) {
    const itself = fatal === signal.signal ? `${fatal} itself` : fatal;
    const observed = `it died of ${itself} after ${after} with ${plural(cut.length, 'request')} in flight: ${countEndings(cut)}`;
    return fail('drain', { expected, observed, evidence: [exit.seq, ...evidenceOf(cut)] });
  }
  if (life.inFlight.length > 0)
    return pass('drain', `work survived, then it ended by ${fatal}`, [exit.seq, ...evidenceOf(life.inFlight)]);
  return inconclusive(
    `it died of ${fatal} with nothing in flight, which is no proof either way; name a slow endpoint with --slow`,
    'drain',
    [exit.seq],
  );
}

/** How a process ends that somebody else started is told to that one alone: what clients saw has to do. */
function judgeUnseen(life: LifeFacts, after: string): Verdict {
  const reaction = deliberateReaction(life);
  const seqs = life.exit === null ? [] : [life.exit.seq];
  if (reaction !== null)
    return pass('drain', `${describeReaction(reaction, life)}; it was gone after ${after}`, [reaction.seq, ...seqs]);
  const { inFlight } = life;
  if (inFlight.length > 0 && inFlight.every((exchange) => exchange.end?.ending === 'answered'))
    return pass('drain', `work survived, then it was gone after ${after}`, [...seqs, ...evidenceOf(inFlight)]);
  return inconclusive(
    `it was gone after ${after} and clients saw no reaction before; whether it died of the signal is told to its parent alone. Start it as a command`,
    'drain',
    seqs,
  );
}

function describeReaction({ kind, at }: Reaction, life: LifeFacts): string {
  const after = formatDuration(afterSignal(life, at));
  const words: Record<Reaction['kind'], string> = {
    readiness: `readiness changed after ${after}`,
    'turned away': `new connections were answered 503 after ${after}`,
    announced: `Connection: close was said after ${after}`,
    listener: `the listener was closed after ${after}`,
  };
  return words[kind];
}
