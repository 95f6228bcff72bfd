import type { Plan } from '../plan/types.js';
import type { RunFacts } from '../recording/facts/run.js';
import { isTask, subjectsOf } from './manifest-subjects.js';
import { defineRule, warning } from './rule.js';
import { signalEater } from './signal-eaters.js';
import { signalPath } from './signal-path.js';

export const k8sSignalReachesApp = defineRule({
  id: 'k8s-signal-reaches-app',
  item: 1,
  level: 'should',
  topic: 'The command of the container and the signal',
  kept: 'Nothing in the command of a container keeps the signal from the application',
  broken: 'The command of a container may keep the signal from the application',
  why: 'The signal goes to the first process of the container. A shell or npm there does not pass it on, and the application is killed at the end of the grace period without ever having heard of it.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: handle SIGTERM' },
    { mark: 'K', text: 'Kubernetes documentation, Pod Lifecycle: the signal goes to process 1 of each container' },
  ],
  cure: 'start the application itself: command: [node, server.js]',
  expected: 'the command starts the application itself, or a shell that becomes it with exec',
  without: 'no container has a command in the manifest; what its image starts is seen by a rehearsal',
  look: (manifest, facts, plan) => {
    const subjects = subjectsOf(manifest).filter(
      ({ workload, container }) => container.entrypointGiven && !isTask(workload),
    );
    const heard = wasHeard(facts, plan);
    const cleared: string[] = [];
    const findings = subjects.flatMap(({ container, rehearsed, name }) => {
      const eater = signalEater(container.command);
      if (eater === null) return [];
      if (rehearsed && heard === true) {
        cleared.push(name);
        return [];
      }
      const confirmed = rehearsed && heard === false ? ', and did so in the rehearsal' : '';
      return [
        warning(
          container.commandAt,
          `${name} is started by ${eater.name}, which keeps the signal${confirmed}`,
          eater.cure,
        ),
      ];
    });
    return {
      looked: subjects.length,
      findings,
      kept: cleared.length > 0 ? 'the rehearsal showed that the signal is passed on' : null,
    };
  },
});

/** Whether the command of the manifest was played, and its server got the signal; null: it was not played. */
function wasHeard({ played: { drain } }: RunFacts, { target, manifest }: Plan): boolean | null {
  if (drain === undefined || target.kind !== 'command' || manifest?.pod == null) return null;
  const same = JSON.stringify([target.command, ...target.args]) === JSON.stringify(manifest.pod.command);
  if (!same) return null;
  const path = signalPath(drain);
  return !path.lost && !path.orphaned;
}
