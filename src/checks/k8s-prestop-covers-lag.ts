import { formatDuration } from '../plan/durations.js';
import type { WorkloadManifest } from '../plan/manifest.js';
import { preStopFor, slowestRoutes } from '../plan/routes.js';
import { acceptTime } from '../recording/facts/drain-time.js';
import { preStopMs, servedSubjects } from './manifest-subjects.js';
import { defineRule, warning } from './rule.js';

export const k8sPrestopCoversLag = defineRule({
  id: 'k8s-prestop-covers-lag',
  item: 6,
  level: 'should',
  topic: 'The preStop delay against what stands in front',
  kept: 'The pod serves for as long as what stands in front of it takes to follow',
  broken: 'What stands in front of the pod takes longer to follow than the pod serves',
  why: 'Routes of kube-proxy follow within seconds. Load balancers that send to pods themselves, or that ask health checks of their own, take a minute and more, and send new connections all the while.',
  sources: [
    {
      mark: 'F',
      text: 'aws-load-balancer-controller #1064, #2106, #2366: 25 to 150 s until a target gets nothing more',
    },
    { mark: 'K', text: 'GKE documentation, container-native load balancing: up to 60 s' },
    {
      mark: 'K',
      text: 'Kubernetes documentation: externalTrafficPolicy Local leaves routing to the health checks of the balancer',
    },
  ],
  cure: 'make the preStop delay as long as the balancer takes, and raise terminationGracePeriodSeconds by as much',
  expected: 'the preStop delay, and the time the application serves after its signal, last as long as routes do',
  without: 'nothing in the manifest stands in front of the pod but kube-proxy',
  look: (manifest, facts, plan) => {
    const measured = acceptTime(facts);
    const kept: string[] = [];
    const findings = servedSubjects(manifest).flatMap(({ workload, container, rehearsed, name }) => {
      const slowest = slowestOf(workload, rehearsed && measured !== null ? plan.routingLagMs : null);
      const preStop = preStopMs(container);
      if (slowest === undefined || preStop === null) return [];
      // That there is no delay at all is said by k8s-prestop-present.
      if (slowest.at === null && container.preStop === null) return [];
      const accept = rehearsed ? (measured ?? 0) : 0;
      const sum = rehearsed && measured !== null ? ` and served for ${formatDuration(measured)} after the signal` : '';
      if (preStop + accept >= slowest.lagMs) {
        kept.push(`${formatDuration(preStop + accept)} for ${slowest.name} (${formatDuration(slowest.lagMs)})`);
        return [];
      }
      const has = preStop === 0 ? 'has no preStop delay' : `has a preStop delay of ${formatDuration(preStop)}`;
      return [
        warning(
          slowest.at ?? container.at,
          `${name} ${has}${sum}, and ${slowest.at === null ? 'routes take' : `${slowest.name} takes`} ${formatDuration(slowest.lagMs)} to follow`,
          `set the preStop delay to ${preStopFor(slowest.lagMs, accept)} s, and raise terminationGracePeriodSeconds by as much`,
        ),
      ];
    });
    return { looked: findings.length + kept.length, findings, kept: kept.join(', ') };
  },
});

/** What stands in front of a workload; in a rehearsal what the routing lag stands for as well. */
function slowestOf(workload: WorkloadManifest, lagMs: number | null) {
  const [slowest] = slowestRoutes([workload]);
  return lagMs === null || (slowest !== undefined && slowest.lagMs >= lagMs)
    ? slowest
    : { name: 'the routing lag', lagMs, at: null };
}
