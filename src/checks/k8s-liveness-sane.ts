import { formatDuration } from '../plan/durations.js';
import { subjectsOf } from './manifest-subjects.js';
import { patienceOf } from './probe-questions.js';
import { defineRule, warning } from './rule.js';

/** What is shorter is a pause of the garbage collector, or a busy node. Milliseconds. */
const LEAST_PATIENCE_MS = 10_000;
const SHORTEST_TIMEOUT_MS = 1000;

export const k8sLivenessSane = defineRule({
  id: 'k8s-liveness-sane',
  item: 8,
  level: 'should',
  topic: 'The patience of the liveness probe',
  kept: 'Liveness is patient enough not to restart a busy pod',
  broken: 'Liveness restarts a pod that was only busy',
  why: 'A restart under load moves the load to the other pods, which fail next.',
  sources: [
    { mark: 'P', text: 'liveness is for what only a restart can cure' },
    { mark: 'K', text: 'Kubernetes documentation: incorrect liveness probes lead to cascading failures' },
  ],
  cure: 'raise timeoutSeconds above 1, and failureThreshold × periodSeconds to 10 s and more',
  expected: 'timeoutSeconds above 1, or failureThreshold × periodSeconds of at least 10 s',
  without: 'no container has a liveness probe',
  look: (manifest) => {
    const subjects = subjectsOf(manifest).filter(({ container }) => container.probes.liveness !== null);
    const findings = subjects.flatMap(({ container: { probes }, name }) => {
      if (probes.liveness === null) return [];
      const { probe, timeoutAt } = probes.liveness;
      const patience = patienceOf(probe);
      if (probe.timeoutMs > SHORTEST_TIMEOUT_MS || patience >= LEAST_PATIENCE_MS) return [];
      return [
        warning(
          timeoutAt,
          `${name} is restarted when it did not answer within ${formatDuration(probe.timeoutMs)} for ${formatDuration(patience)}`,
        ),
      ];
    });
    return { looked: subjects.length, findings };
  },
});
