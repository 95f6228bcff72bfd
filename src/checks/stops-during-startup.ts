import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { timeToExit, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { list } from './kind-words.js';
import { fail, inconclusive, inScenario, pass, skip } from './verdict.js';

export const stopsDuringStartup = defineCheck({
  id: 'stops-during-startup',
  item: 1,
  level: () => 'should',
  view: 'processes',
  topic: 'The signal during the start',
  kept: 'A signal before it was ready ended it',
  broken: 'A signal before it was ready did not end it',
  why: 'A rollout that is called back and a node that is drained stop pods that are still starting. A start that swallows the signal keeps each of them until SIGKILL.',
  sources: [
    { mark: 'K', text: 'Kubernetes documentation, Pod Lifecycle: a pod can be deleted at any time, ready or not' },
    { mark: 'F', text: 'a handler that is installed early waits for a server that does not listen yet' },
  ],
  cure: 'let the handler end a start that is under way: cancel what it waits for and exit, since nothing is in flight yet',
  judge: (facts, plan) => inScenario(facts, 'startup', () => judgeStartups(facts, plan)),
});

function judgeStartups({ startups, played }: RunFacts, { gracePeriodMs }: Plan): Verdict {
  const early = startups.filter((life) => life.startup?.ready !== true);
  if (early.length === 0) return inconclusive('it was ready before it could be signalled', 'startup');
  const late = early.filter((life) => (timeToExit(life) ?? Infinity) > gracePeriodMs);
  const evidence = (lives: readonly LifeFacts[]) =>
    lives.flatMap((life) => [life.signal?.seq, (life.killed ?? life.exit)?.seq]).filter((seq) => seq !== undefined);
  if (late.length === 0) {
    const slowest = Math.max(...early.map((life) => timeToExit(life) ?? 0));
    const observed = `gone at most ${formatDuration(slowest)} after the signal, ${moments(early)}`;
    return pass('startup', observed, evidence(early));
  }
  if (played.drain !== undefined && played.drain.killed !== null)
    return skip('it does not end when it is ready either; see exits-in-time', 'startup');
  return fail('startup', {
    expected: `it is gone within ${formatDuration(gracePeriodMs)} of a signal that comes before it is ready`,
    observed: `still running at the end of the grace period when it was signalled ${moments(late)}`,
    evidence: evidence(late),
  });
}

/** `at 20 % and 60 % of its start`: the part of its usual way to readiness that was behind it. */
function moments(lives: readonly LifeFacts[]): string {
  const parts = lives.flatMap(({ startup }) =>
    startup === null || startup.usuallyReadyMs <= 0
      ? []
      : [`${Math.round((100 * startup.afterMs) / startup.usuallyReadyMs)} %`],
  );
  return parts.length === 0 ? 'during its start' : `at ${list(parts)} of its start`;
}
