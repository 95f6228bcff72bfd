import { defineRule, warning } from './rule.js';

/** Cluster Autoscaler waits no longer for a node to be drained (--max-graceful-termination-sec). Seconds. */
const AUTOSCALER = 600;
/** From the notice to the end of a Spot node, for pods that are no system pods. Seconds. */
const SPOT = 15;

export const k8sGraceCeiling = defineRule({
  id: 'k8s-grace-ceiling',
  item: 7,
  level: 'should',
  topic: 'The grace period against the time that nodes give',
  kept: 'The grace period is one that nodes can give',
  broken: 'The grace period is longer than nodes can give',
  why: 'A node that is taken away does not wait. The rest of a grace period that is longer than the node lives is not there.',
  sources: [
    { mark: 'K', text: 'Cluster Autoscaler, --max-graceful-termination-sec: 600 s' },
    { mark: 'K', text: 'GKE documentation, Spot VMs: pods have 15 s' },
  ],
  cure: 'shorten the drain, or hand long work on to something that can be resumed',
  expected: `terminationGracePeriodSeconds is at most ${AUTOSCALER}, and at most ${SPOT} on GKE Spot nodes`,
  without: 'there is no workload',
  look: ({ workloads }) => ({
    looked: workloads.length,
    findings: workloads.flatMap(({ name, spot, graceSeconds: { value, given, at } }) => {
      if (spot !== null && value > SPOT)
        return [
          warning(
            given ? at : spot,
            `${name} has a grace period of ${value} s and asks for GKE Spot nodes, which give ${SPOT}`,
          ),
        ];
      return value > AUTOSCALER
        ? [warning(at, `${name} has a grace period of ${value} s, and Cluster Autoscaler waits for ${AUTOSCALER}`)]
        : [];
    }),
  }),
});
