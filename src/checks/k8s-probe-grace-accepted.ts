import { subjectsOf } from './manifest-subjects.js';
import { defineRule, error } from './rule.js';

export const k8sProbeGraceAccepted = defineRule({
  id: 'k8s-probe-grace-accepted',
  item: 7,
  level: 'must',
  topic: 'A grace period of the readiness probe',
  kept: 'No readiness probe has a grace period of its own',
  broken: 'A readiness probe has a grace period of its own, and the API refuses that',
  why: 'Readiness kills nothing, so the field means nothing there, and the whole pod is refused for it.',
  sources: [
    { mark: 'K', text: 'pkg/apis/core/validation: terminationGracePeriodSeconds must not be set for readinessProbes' },
  ],
  cure: 'remove terminationGracePeriodSeconds from the readiness probe',
  expected: 'terminationGracePeriodSeconds stands in liveness and startup probes only',
  without: 'no container has a readiness probe',
  look: (manifest) => {
    const subjects = subjectsOf(manifest).filter(({ container }) => container.probes.readiness !== null);
    return {
      looked: subjects.length,
      findings: subjects.flatMap(({ container: { probes }, name }) =>
        probes.readiness?.graceAt == null
          ? []
          : [error(probes.readiness.graceAt, `${name} sets it in its readiness probe`)],
      ),
    };
  },
});
