import { NOT_SERVED, servedWorkloads } from './manifest-subjects.js';
import { defineRule, warning } from './rule.js';

export const k8sRolloutKeepsCapacity = defineRule({
  id: 'k8s-rollout-keeps-capacity',
  item: 2,
  level: 'should',
  topic: 'Capacity during a rollout',
  kept: 'A rollout leaves pods that serve',
  broken: 'A rollout may leave no pod that serves',
  why: 'With all pods going away at once, each of them may drain perfectly and clients still meet nobody.',
  sources: [{ mark: 'K', text: 'Kubernetes documentation, Deployments: Recreate, maxUnavailable and maxSurge' }],
  cure: 'use strategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}',
  expected: 'pods are replaced one after another: RollingUpdate, with maxUnavailable below the number of replicas',
  without: NOT_SERVED,
  look: (manifest) => {
    const workloads = servedWorkloads(manifest).filter(({ kind }) => kind === 'Deployment');
    return {
      looked: workloads.length,
      findings: workloads.flatMap(({ name, replicas, rollout: { type, maxUnavailable } }) => {
        if (type.value === 'Recreate')
          return [warning(type.at, `${name} is recreated: all of its pods are gone before the first new one starts`)];
        if (maxUnavailable === null || replicas.value === 0 || maxUnavailable.value < replicas.value) return [];
        return [
          warning(
            maxUnavailable.at,
            `${name} may be short of ${maxUnavailable.value} of its ${replicas.value} replica${replicas.value === 1 ? '' : 's'} in a rollout`,
          ),
        ];
      }),
    };
  },
});
