import { formatDuration } from '../plan/durations.js';
import { killedDrain, longestDrain, marginOf } from '../recording/facts/drain-time.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Verdict } from './check.js';
import { isTask, preStopMs, subjectsOf, type Subject } from './manifest-subjects.js';
import { defineRule, error, warning, type Look } from './rule.js';
import { inconclusive, skip } from './verdict.js';

export const k8sGracePeriodFits = defineRule({
  id: 'k8s-grace-period-fits',
  item: 7,
  level: 'must',
  topic: 'The grace period against the measured drain',
  kept: 'The grace period holds the preStop delay, the longest drain and a margin',
  broken: 'The grace period is too short for the drain that was measured',
  why: 'Everything that is not done at the end of the grace period is killed: preStop, drain and exit share it.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: terminationGracePeriodSeconds' },
    { mark: 'K', text: 'Kubernetes documentation, Pod Lifecycle: the grace period begins with the preStop hook' },
  ],
  cure: 'set terminationGracePeriodSeconds to the sum',
  expected: 'terminationGracePeriodSeconds ≥ preStop + longest drain + margin (2 s, or a fifth of the drain)',
  without: 'nothing was rehearsed',
  look: (manifest, facts) => {
    const subject = subjectsOf(manifest).find(({ rehearsed }) => rehearsed);
    if (subject === undefined)
      return skip('how long the drain takes is measured by a rehearsal: drain-check -f <manifest> -- <command>');
    return judgeGrace(subject, facts);
  },
});

function judgeGrace({ workload, container, name }: Subject, facts: RunFacts): Look | Verdict {
  const { value, given, at } = workload.graceSeconds;
  const found = isTask(workload) ? warning : error;
  const killed = killedDrain(facts);
  if (killed !== null) {
    const graceMs = facts.plan.gracePeriodMs;
    return {
      looked: 1,
      findings: [
        found(
          at,
          `${name} was still there ${formatDuration(graceMs)} after the signal, in the scenario ${killed}`,
          'bound the drain first; then set terminationGracePeriodSeconds to the sum',
        ),
      ],
    };
  }
  const longest = longestDrain(facts);
  if (longest === null) return inconclusive('no drain was played to its end, so its length is not known');
  const preStop = preStopMs(container);
  const margin = marginOf(longest.ms);
  const wanted = Math.ceil(((preStop ?? 0) + longest.ms + margin) / 1000);
  const sum = `${preStop === null ? '' : `${formatDuration(preStop)} preStop + `}${formatDuration(longest.ms)} drain (${longest.scenario}) + ${formatDuration(margin)} margin → ${wanted} s`;
  const has = `${value} s${given ? '' : ', the default'}`;
  if (value < wanted)
    return {
      looked: 1,
      findings: [
        found(
          at,
          `${name} has a grace period of ${has}: ${sum}`,
          `set terminationGracePeriodSeconds to ${wanted}: ${sum}`,
        ),
      ],
    };
  if (preStop === null)
    return inconclusive(
      `how long the preStop hook of ${name} takes cannot be read from it; without it ${sum} of ${has}`,
    );
  return { looked: 1, findings: [], kept: `${has} for ${sum}` };
}
