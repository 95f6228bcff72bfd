import { formatDuration } from '../plan/durations.js';
import type { BalancerManifest, ContainerManifest, HealthCheckManifest } from '../plan/manifest.js';
import { servedAfterUnready } from '../recording/facts/drain-time.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Finding } from './check.js';
import { servedSubjects } from './manifest-subjects.js';
import { defineRule, note, placeOf, warning } from './rule.js';
import { skip } from './verdict.js';

export const k8sHealthCheckFits = defineRule({
  id: 'k8s-health-check-fits',
  item: 8,
  level: 'should',
  topic: 'The health checks of the load balancer',
  kept: 'The pod serves until the health checks of its load balancer have seen it fail',
  broken: 'The pod stops serving before the health checks of its load balancer have seen it fail',
  why: 'A load balancer that asks for itself needs several failed answers before it sends nobody any more. Whoever is sent until then finds a closed door, when the pod has stopped serving sooner.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: fail the readiness probe' },
    { mark: 'K', text: 'AWS Load Balancer Controller, annotations for health checks' },
    { mark: 'F', text: 'ingress-gce #771: of a readiness probe the period counts, its failureThreshold does not' },
  ],
  cure: 'serve for longer after readiness has failed, or have the balancer ask more often and give up sooner',
  expected: 'interval × threshold + timeout of the health check ≤ the time it serves after readiness has failed',
  without: 'no load balancer in the manifest asks for itself whether the pod is well',
  look: (manifest, facts) => {
    const kept: string[] = [];
    const findings = servedSubjects(manifest).flatMap(({ workload, container, rehearsed, name }) =>
      workload.services
        .flatMap(({ balancers }) => balancers)
        .flatMap((balancer) => {
          const check = resolved(balancer.healthCheck, container);
          if (check === null) return [];
          return judgeCheck(`${name} is asked by ${balancer.name}`, check, rehearsed ? facts : null, container, kept);
        }),
    );
    const [first] = findings;
    // What was not measured is not kept.
    if (first !== undefined && kept.length === 0 && findings.every(({ severity }) => severity === 'note'))
      return { ...skip(`${placeOf(first.at)} ${first.text}`), findings };
    return { looked: findings.length + kept.length, findings, kept: [...new Set(kept)].join(', ') };
  },
});

interface ResolvedCheck {
  path: string | null;
  intervalMs: number;
  timeoutMs: number;
  threshold: number;
  at: BalancerManifest['at'];
}

/** A health check with what it takes from the readiness probe; null where there is none to take it from. */
function resolved(check: HealthCheckManifest | null, container: ContainerManifest): ResolvedCheck | null {
  if (check === null) return null;
  const probe = container.probes.readiness?.probe ?? null;
  const intervalMs = check.intervalMs ?? probe?.periodMs ?? null;
  const timeoutMs = check.timeoutMs ?? probe?.timeoutMs ?? null;
  if (intervalMs === null || timeoutMs === null) return null;
  const path =
    check.asks.kind === 'http' ? check.asks.path : check.asks.kind === 'tcp' ? null : readinessPath(container);
  return { path, intervalMs, timeoutMs, threshold: check.threshold, at: check.at };
}

function readinessPath({ probes }: ContainerManifest): string | null {
  const ask = probes.readiness?.probe.ask;
  return ask?.kind === 'http' ? ask.request.path : null;
}

function judgeCheck(
  who: string,
  check: ResolvedCheck,
  facts: RunFacts | null,
  container: ContainerManifest,
  kept: string[],
): Finding[] {
  const ready = readinessPath(container);
  if (check.path === null || check.path !== ready) {
    const what = check.path === null ? 'whether its port is open' : `for ${check.path}`;
    return [note(check.at, `${who} ${what}, which does not tell that readiness has failed`)];
  }
  const needed = check.intervalMs * check.threshold + check.timeoutMs;
  const sum = `${formatDuration(check.intervalMs)} × ${check.threshold} + ${formatDuration(check.timeoutMs)}`;
  const served = facts === null ? null : servedAfterUnready(facts);
  if (served === null)
    return [
      note(
        check.at,
        `${who}, which takes up to ${formatDuration(needed)} (${sum}) to see that readiness has failed; for how long it serves then shows in a run`,
      ),
    ];
  if (served >= needed) {
    kept.push(`${formatDuration(served)} for ${formatDuration(needed)} (${sum})`);
    return [];
  }
  return [
    warning(
      check.at,
      `${who}, which takes up to ${formatDuration(needed)} (${sum}) to see that readiness has failed, and it served for ${formatDuration(served)} after that`,
      `serve for ${formatDuration(needed)} after readiness has failed, or have the balancer ask more often and give up sooner`,
    ),
  ];
}
