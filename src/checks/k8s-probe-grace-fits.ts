import { formatDuration } from '../plan/durations.js';
import { longestDrain } from '../recording/facts/drain-time.js';
import { preStopMs, subjectsOf } from './manifest-subjects.js';
import { defineRule, warning } from './rule.js';

/** What is left to the application after the hook at the least. Milliseconds. */
const FLOOR_MS = 2000;

export const k8sProbeGraceFits = defineRule({
  id: 'k8s-probe-grace-fits',
  item: 7,
  level: 'should',
  topic: 'The grace period of a liveness or startup probe',
  kept: 'The grace period of a probe holds a drain',
  broken: 'The grace period of a probe is shorter than the drain',
  why: 'When such a probe fails, its own grace period counts in place of the pod’s: what is in flight has only that long, preStop included.',
  sources: [{ mark: 'K', text: 'Kubernetes documentation, probe-level terminationGracePeriodSeconds' }],
  cure: 'raise terminationGracePeriodSeconds of the probe, or leave it out, so that the pod’s counts',
  expected: 'terminationGracePeriodSeconds of a probe ≥ preStop + drain',
  without: 'no liveness or startup probe has a grace period of its own',
  look: (manifest, facts) => {
    const measured = longestDrain(facts);
    const kept: string[] = [];
    const findings = subjectsOf(manifest).flatMap(({ container, rehearsed, name }) =>
      (['liveness', 'startup'] as const).flatMap((role) => {
        const probe = container.probes[role];
        const own = probe?.probe.gracePeriodMs ?? null;
        if (own === null) return [];
        const drain = rehearsed && measured !== null ? measured.ms : (container.server?.timeoutMs ?? FLOOR_MS);
        const how = rehearsed && measured !== null ? 'measured drain' : 'drain';
        const preStop = preStopMs(container) ?? 0;
        if (own >= preStop + drain) {
          kept.push(`${formatDuration(own)} for ${formatDuration(preStop + drain)}`);
          return [];
        }
        const sum = `${formatDuration(preStop)} preStop + ${formatDuration(drain)} ${how}`;
        return [
          warning(probe?.graceAt ?? container.at, `${name} gives ${formatDuration(own)} when ${role} fails: ${sum}`),
        ];
      }),
    );
    return { looked: findings.length + kept.length, findings, kept: [...new Set(kept)].join(', ') };
  },
});
