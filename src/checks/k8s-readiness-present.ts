import { NOT_SERVED, servedSubjects } from './manifest-subjects.js';
import { defineRule, warning } from './rule.js';

export const k8sReadinessPresent = defineRule({
  id: 'k8s-readiness-present',
  item: 8,
  level: 'should',
  topic: 'A readiness probe',
  kept: 'Whatever clients are sent to has a readiness probe',
  broken: 'Clients are sent to a container without a readiness probe',
  why: 'Without one a pod gets traffic as soon as its process runs, and a rollout goes on before the new pod can serve.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: fail the readiness probe' },
    { mark: 'K', text: 'Kubernetes documentation: without a readiness probe a container counts as ready' },
  ],
  cure: 'add a readinessProbe that asks an endpoint which fails while the application drains',
  expected: 'a container that clients are sent to has a readiness probe',
  without: NOT_SERVED,
  look: (manifest) => {
    const subjects = servedSubjects(manifest);
    return {
      looked: subjects.length,
      findings: subjects.flatMap(({ container, name }) =>
        container.probes.readiness === null
          ? [warning(container.at, `${name} has no readinessProbe (${container.servedBy ?? ''})`)]
          : [],
      ),
    };
  },
});
