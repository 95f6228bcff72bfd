import { afterSignal, endedByItself, type LifeFacts } from '../recording/facts/life.js';
import { deliberateReaction, firstReaction, type Reaction } from '../recording/facts/reaction.js';
import type { RunFacts } from '../recording/facts/run.js';
import { formatDuration } from '../plan/durations.js';
import { defineCheck, type Verdict } from './check.js';
import { evidenceOfJobs, inHand, named, noJobInHand, takenAfterSignal, wereWaiting } from './worker-jobs.js';
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
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { exit, signal, killed } = life;
  if (exit === null || signal === null) return inconclusive('the recording ends before the target did', 'drain');
  const { lost, deaf, owner } = signalPath(life);
  if (lost)
    return inconclusive(
      `the signal did not reach the ${life.isWorker ? 'worker' : 'server'}; see signal-reaches-server`,
      'drain',
    );
  // A target that waits before it shows anything would look the same.
  if (deaf)
    return inconclusive(
      `nothing was seen of the ${life.isWorker ? 'worker' : 'server'}, pid ${owner?.pid ?? 0}, when it was given the signal directly either; start it without the process in front of it`,
      'drain',
      life.followed.map((event) => event.seq),
    );
  if (life.isWorker) return judgeWorker(life, facts);
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

/** Of a queue worker only its jobs and its exit can be seen: it reacts by leaving those alone that are waiting. */
function judgeWorker(life: LifeFacts, facts: RunFacts): Verdict {
  const { exit, signal, killed } = life;
  const hand = inHand(life);
  if (exit === null || signal === null) return inconclusive('the recording ends before the target did', 'drain');
  if (killed !== null && !endedByItself(life)) {
    const evidence = [signal.seq, killed.seq];
    const until = `until SIGKILL after ${formatDuration(afterSignal(life, killed.at))}`;
    const taken = takenAfterSignal(life);
    if (taken.length > 0)
      return fail('drain', {
        expected,
        observed: `it went on with ${plural(taken.length, 'more job')} after ${signal.signal ?? 'the stop'}, ${until}`,
        evidence: [...evidence, ...evidenceOfJobs(taken)],
      });
    if (hand.finished.length > 0 && hand.cut.length === 0 && wereWaiting(life, facts).length > 0)
      return pass('drain', `it took no more jobs, although some were waiting; it did not end ${until}`, evidence);
    return inconclusive(
      `nothing was seen of it ${until}: it may have been at work all the time, or have had nothing to do`,
      'drain',
      evidence,
    );
  }
  const after = formatDuration(afterSignal(life, exit.at));
  const fatal = fatalSignal(life);
  if (fatal === null) return pass('drain', `it ended by its own exit after ${after}`, [exit.seq]);
  if (hand.cut.length > 0) {
    const itself = fatal === signal.signal ? `${fatal} itself` : fatal;
    const observed = `it died of ${itself} after ${after} with ${named(hand.cut)} in hand`;
    return fail('drain', { expected, observed, evidence: [exit.seq, ...evidenceOfJobs(hand.cut)] });
  }
  if (hand.finished.length > 0)
    return pass('drain', `the job in hand was finished, then it ended by ${fatal}`, [
      exit.seq,
      ...evidenceOfJobs(hand.finished),
    ]);
  const { because } = noJobInHand(life, facts);
  return inconclusive(`it died of ${fatal}, and ${because ?? ''}`, 'drain', [exit.seq]);
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
