import { NOT_SERVED, servedWorkloads } from './manifest-subjects.js';
import { defineRule, warning } from './rule.js';

export const k8sSpareReplica = defineRule({
  id: 'k8s-spare-replica',
  item: 2,
  level: 'should',
  topic: 'A second replica',
  kept: 'When one pod goes, another one serves',
  broken: 'When its one pod goes, nobody serves',
  why: 'A rollout can start a second pod first. A drained node, an eviction or a lost node cannot: with one replica there is nobody until the next one is ready.',
  sources: [{ mark: 'K', text: 'Kubernetes documentation, Disruptions: replicate for availability' }],
  cure: 'run at least two replicas; with an autoscaler set minReplicas to 2',
  expected: 'at least two replicas of what clients are sent to',
  without: NOT_SERVED,
  look: (manifest) => {
    const workloads = servedWorkloads(manifest).filter(({ kind }) =>
      ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(kind),
    );
    return {
      looked: workloads.length,
      findings: workloads.flatMap(({ name, replicas, autoscaler }) => {
        if (replicas.value !== 1) return [];
        const least = autoscaler === null ? 'one replica' : `${autoscaler.name} scale it to one replica`;
        return [
          warning(
            replicas.at,
            `${name} ${autoscaler === null ? 'has' : 'lets'} ${least}${replicas.given ? '' : ', the default'}`,
          ),
        ];
      }),
      kept: [...new Set(workloads.map(({ replicas }) => `${replicas.value} replicas`))].join(', '),
    };
  },
});
