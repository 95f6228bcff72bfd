import { defineRule, error, warning } from './rule.js';

export const k8sNotReadyNotPublished = defineRule({
  id: 'k8s-not-ready-not-published',
  item: 2,
  level: 'must',
  topic: 'Pods that are not ready, in the Service',
  kept: 'The Service sends nobody to pods that are not ready',
  broken: 'The Service sends clients to pods that are not ready or are going away',
  why: 'With publishNotReadyAddresses a pod stays in the Service until it is gone: no probe and no delete takes clients away from it.',
  sources: [
    {
      mark: 'K',
      text: 'staging/src/k8s.io/endpointslice/utils.go: ready = publishNotReadyAddresses || (serving && !terminating)',
    },
  ],
  cure: 'remove publishNotReadyAddresses from the Service that clients use; peers of a StatefulSet get a headless Service of their own',
  expected: 'a Service with client traffic does not publish addresses that are not ready',
  without: 'no Service selects a workload in the manifest',
  look: ({ workloads }) => {
    const services = workloads.flatMap((workload) => workload.services.map((service) => ({ service, workload })));
    return {
      looked: services.length,
      findings: services.flatMap(({ service: { name, headless, publishNotReady }, workload }) => {
        if (publishNotReady === null) return [];
        return headless
          ? [
              warning(
                publishNotReady,
                `the headless Service ${name} publishes pods of ${workload.name} that are not ready; that is for peers, not for clients`,
              ),
            ]
          : [
              error(
                publishNotReady,
                `the Service ${name} sends clients to pods of ${workload.name} that are not ready`,
              ),
            ];
      }),
    };
  },
});
