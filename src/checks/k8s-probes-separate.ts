import { formatDuration } from '../plan/durations.js';
import type { RunFacts } from '../recording/facts/run.js';
import { subjectsOf } from './manifest-subjects.js';
import { patienceOf, questionOf, questionWords } from './probe-questions.js';
import { defineRule, error, warning } from './rule.js';

export const k8sProbesSeparate = defineRule({
  id: 'k8s-probes-separate',
  item: 8,
  level: 'must',
  topic: 'Readiness and liveness in the manifest',
  kept: 'Readiness and liveness ask different things, or one is more patient',
  broken: 'Readiness and liveness ask the same with the same patience',
  why: 'Whatever makes the pod unready then restarts it as well: a drain, a slow dependency, a busy minute.',
  sources: [
    { mark: 'P', text: 'readiness and liveness are different probes with different behaviour on shutdown' },
    { mark: 'K', text: 'Kubernetes documentation: liveness with the same endpoint needs a higher failureThreshold' },
  ],
  cure: 'give liveness an endpoint of its own that stays 200 while draining, or at least a higher failureThreshold',
  expected: 'readiness and liveness differ in what they ask, or in failureThreshold × periodSeconds',
  without: 'no container has both a readiness and a liveness probe',
  look: (manifest, facts) => {
    const subjects = subjectsOf(manifest).filter(
      ({ container: { probes } }) => probes.readiness !== null && probes.liveness !== null,
    );
    const findings = subjects.flatMap(({ container: { probes }, rehearsed, name }) => {
      const { readiness, liveness } = probes;
      if (readiness === null || liveness === null) return [];
      const patience = patienceOf(liveness.probe);
      if (questionOf(readiness.probe) !== questionOf(liveness.probe) || patienceOf(readiness.probe) !== patience)
        return [];
      const both = `${name} asks ${questionWords(liveness.probe)} for both, and gives up after ${formatDuration(patience)} in both`;
      const path = liveness.probe.ask.kind === 'http' ? liveness.probe.ask.request.path : null;
      const status = rehearsed && path !== null ? failedInDrain(facts, path) : null;
      return status === null
        ? [warning(liveness.at, both)]
        : [error(liveness.at, `${both}; in the drain it answered ${status}`)];
    });
    return { looked: subjects.length, findings };
  },
});

/** The status with which an endpoint failed in the drain that was played; null where it did not, or was not asked. */
function failedInDrain({ endpoints, played: { drain } }: RunFacts, path: string): number | null {
  const failed = drain?.readiness.firstBadAnswer ?? null;
  if (endpoints.readiness?.path !== path || failed === null || drain?.readiness.badBefore !== null) return null;
  return failed.outcome.kind === 'status' ? failed.outcome.status : null;
}
