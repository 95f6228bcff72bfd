import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { afterSignal, timeToExit, type LifeFacts } from '../recording/facts/life.js';
import { firstReaction } from '../recording/facts/reaction.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { describeExit } from './exit-words.js';
import { signalPath } from './signal-path.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

const expected = 'as PID 1, too, it ends by itself within the grace period';

export const handlesSigtermAsPid1 = defineCheck({
  id: 'handles-sigterm-as-pid-1',
  item: 1,
  level: (profile) => (profile === 'kubernetes' || profile === 'docker' ? 'must' : 'info'),
  view: 'processes',
  topic: 'The signal as PID 1',
  kept: 'The signal ended it as PID 1, too',
  broken: 'The signal did not end it as PID 1',
  why: 'The first process of a container has no default action: without a handler SIGTERM is ignored, and a shell as PID 1 passes nothing on. On a laptop the same command dies at once.',
  sources: [
    { mark: 'R', text: 'Linux manual, pid_namespaces(7): PID 1 gets only the signals that it has a handler for' },
    { mark: 'K', text: 'Kubernetes documentation: the signal is sent to PID 1 of each container' },
  ],
  cure: 'install a handler for SIGTERM, or put an init in front (tini, dumb-init, docker run --init); start the server in exec form, and end entrypoint scripts with exec "$@"',
  judge: (facts, plan) => inScenario(facts, 'pid-1', (life) => judgePid1(life, facts, plan)),
});

function judgePid1(life: LifeFacts, facts: RunFacts, { gracePeriodMs }: Plan): Verdict {
  const { exit, signal, killed } = life;
  if (exit === null || signal === null) return inconclusive('the recording ends before the target did', 'pid-1');
  const ms = timeToExit(life) ?? Infinity;
  if (ms <= gracePeriodMs)
    return pass('pid-1', `${describeExit(life)} after ${formatDuration(afterSignal(life, exit.at))}`, [exit.seq]);
  const reason = facts.played.drain === life ? whyNotSilent(life) : whyNotPid1(facts);
  if (reason !== null) return skip(reason, 'pid-1');
  const { drain } = facts.played;
  const usual = drain === undefined || drain === life ? null : timeToExit(drain);
  const beside = usual === null ? '' : `; as an ordinary process it is gone after ${formatDuration(usual)}`;
  const observed =
    killed === null
      ? `it took ${formatDuration(ms)}`
      : `still running ${formatDuration(afterSignal(life, killed.at))} after ${signal.signal ?? 'it was to be stopped'}, until SIGKILL`;
  return fail('pid-1', { expected, observed: `${observed}${beside}`, evidence: [signal.seq, (killed ?? exit).seq] });
}

/** In a container every death is one as PID 1, and there is no other to compare with: silence is the sign. */
function whyNotSilent(life: LifeFacts): string | null {
  return signalPath(life).lost || firstReaction(life) === null
    ? null
    : 'it reacted, and does not end in time; see exits-in-time';
}

/** What keeps it from ending as an ordinary process as well, and so is no matter of being PID 1; null when it does end. */
function whyNotPid1({ played: { drain } }: RunFacts): string | null {
  if (drain === undefined || drain.killed === null) return null;
  // A shell that dies of the signal as an ordinary process ignores it as PID 1: that is a finding of its own.
  if (signalPath(drain).lost) return null;
  return firstReaction(drain) === null
    ? 'it ignores the signal as an ordinary process too; see handles-sigterm'
    : 'it does not end in time as an ordinary process either; see exits-in-time';
}
