import { servedWorkloads } from './manifest-subjects.js';
import { defineRule, note } from './rule.js';

export const k8sMinReadySeconds = defineRule({
  id: 'k8s-min-ready-seconds',
  item: 2,
  level: 'info',
  topic: 'New pods behind a load balancer',
  kept: 'A rollout waits until the load balancer can know a new pod',
  broken: 'A rollout does not wait until the load balancer knows a new pod',
  why: 'The rollout goes on as soon as a pod is ready. A balancer that registers pods itself may not know it yet, while the old one is already going.',
  sources: [{ mark: 'K', text: 'Kubernetes documentation, Pod readiness gates; Deployments, minReadySeconds' }],
  cure: 'have the balancer’s readiness gate injected, or set minReadySeconds to the time it takes to register a pod',
  expected: 'a readiness gate, or minReadySeconds above 0, behind a load balancer that sends to pods itself',
  without: 'no load balancer that sends to pods itself is in the manifest',
  look: (manifest) => {
    const workloads = servedWorkloads(manifest).filter(
      ({ kind, services }) => kind === 'Deployment' && services.some(({ balancers }) => balancers.length > 0),
    );
    return {
      looked: workloads.length,
      findings: workloads.flatMap(({ name, services, minReadySeconds, readinessGates }) => {
        const [balancer] = services.flatMap(({ balancers }) => balancers);
        if (minReadySeconds.value > 0 || readinessGates > 0 || balancer === undefined) return [];
        return [
          note(
            minReadySeconds.at,
            `${name} is behind ${balancer.name} without minReadySeconds or a readiness gate; a gate may be injected`,
          ),
        ];
      }),
    };
  },
});
