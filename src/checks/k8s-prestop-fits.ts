import { formatDuration } from '../plan/durations.js';
import { subjectsOf } from './manifest-subjects.js';
import { defineRule, error } from './rule.js';

/** What is left to the application at the least, however long the hook takes. Milliseconds. */
const FLOOR_MS = 2000;

export const k8sPrestopFits = defineRule({
  id: 'k8s-prestop-fits',
  item: 6,
  level: 'must',
  topic: 'The preStop delay within the grace period',
  kept: 'The preStop delay leaves time in the grace period',
  broken: 'The preStop delay uses up the grace period',
  why: 'The grace period counts from the beginning of the hook. What the hook uses is missing from the drain: at the end of it the application has 2 s.',
  sources: [
    {
      mark: 'K',
      text: 'pkg/kubelet/kuberuntime/kuberuntime_container.go: the hook’s time is taken from the grace period, 2 s are left',
    },
    {
      mark: 'K',
      text: 'pkg/apis/core/validation: sleep.seconds may not be greater than terminationGracePeriodSeconds',
    },
  ],
  cure: 'raise terminationGracePeriodSeconds to the preStop delay plus the longest drain and a margin',
  expected: 'the preStop hook takes less than the grace period, less 2 s',
  without: 'no preStop hook in the manifest says how long it takes',
  look: (manifest) => {
    const subjects = subjectsOf(manifest);
    const kept: string[] = [];
    const findings = subjects.flatMap(({ workload, container: { preStop }, name }) => {
      if (preStop === null || preStop.takesMs === null) return [];
      const { takesMs, hook } = preStop;
      const graceMs = workload.graceSeconds.value * 1000;
      const grace = `${workload.graceSeconds.value} s${workload.graceSeconds.given ? '' : ', the default'}`;
      const takes = formatDuration(takesMs);
      if (hook.kind === 'sleep' && takesMs > graceMs)
        return [error(preStop.at, `${name} sleeps ${takes} in a grace period of ${grace}, and the API refuses that`)];
      if (takesMs >= graceMs - FLOOR_MS)
        return [error(preStop.at, `${name} spends ${takes} of a grace period of ${grace} in its preStop hook`)];
      kept.push(`${takes} of ${grace}`);
      return [];
    });
    return { looked: findings.length + kept.length, findings, kept: [...new Set(kept)].join(', ') };
  },
});
