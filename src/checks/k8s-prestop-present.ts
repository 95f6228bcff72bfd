import { formatDuration } from '../plan/durations.js';
import { preStopFor } from '../plan/routes.js';
import { acceptTime } from '../recording/facts/drain-time.js';
import { NOT_SERVED, servedSubjects } from './manifest-subjects.js';
import { defineRule, error, warning } from './rule.js';

export const k8sPrestopPresent = defineRule({
  id: 'k8s-prestop-present',
  item: 6,
  level: 'must',
  topic: 'A preStop delay',
  kept: 'A preStop delay, or the application itself, serves until routes have followed',
  broken: 'No preStop delay keeps the pod serving until routes have followed',
  why: 'The endpoint is withdrawn while the pod is already being stopped. What is still sent to it meanwhile is refused, unless something delays the signal or the application goes on serving after it.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: preStop' },
    { mark: 'K', text: 'Kubernetes documentation: endpoints are withdrawn in parallel to the termination of the pod' },
  ],
  cure: 'add lifecycle: {preStop: {sleep: {seconds: 6}}} to the container',
  expected: 'a container that clients are sent to has a preStop hook, or serves for the routing lag after its signal',
  without: NOT_SERVED,
  look: (manifest, facts, plan) => {
    const subjects = servedSubjects(manifest);
    const measured = acceptTime(facts);
    const kept: string[] = [];
    const findings = subjects.flatMap(({ container, rehearsed, name }) => {
      if (container.preStop !== null) {
        const { takesMs } = container.preStop;
        kept.push(takesMs === null ? 'a hook of unknown length' : formatDuration(takesMs));
        return [];
      }
      if (!rehearsed || measured === null)
        return [warning(container.at, `${name} has no preStop hook (${container.servedBy ?? ''})`)];
      const served = formatDuration(measured);
      const lag = formatDuration(plan.routingLagMs);
      if (measured >= plan.routingLagMs) {
        kept.push(`it served for ${served} after the signal`);
        return [];
      }
      const seconds = preStopFor(plan.routingLagMs, measured);
      return [
        error(
          container.at,
          `${name} has no preStop hook, and served new connections for ${served} after the signal, while routes take ${lag}`,
          `add lifecycle: {preStop: {sleep: {seconds: ${seconds}}}} to the container`,
        ),
      ];
    });
    return { looked: subjects.length, findings, kept: [...new Set(kept)].join(', ') };
  },
});
