import { subjectsOf } from './manifest-subjects.js';
import { defineRule, note } from './rule.js';

export const k8sPrestopStatus = defineRule({
  id: 'k8s-prestop-status',
  item: 6,
  level: 'info',
  topic: 'What an HTTP preStop hook answers',
  kept: 'No preStop hook rests on the status of an answer',
  broken: 'The status that a preStop hook answers counts for nothing',
  why: 'The kubelet waits for the answer of an httpGet hook and then sends the signal, whatever the status: a 500 delays nothing.',
  sources: [{ mark: 'K', text: 'pkg/kubelet/lifecycle/handlers.go: the response of an httpGet hook is not looked at' }],
  cure: 'let the endpoint answer only when routes have followed, and see to it that it cannot fail early',
  expected: 'a hook whose effect does not depend on a status',
  without: 'no container has a preStop hook in the manifest',
  look: (manifest) => {
    const subjects = subjectsOf(manifest).filter(({ container }) => container.preStop !== null);
    const findings = subjects.flatMap(({ container: { preStop }, name }) =>
      preStop?.hook.kind === 'http'
        ? [
            note(
              preStop.at,
              `${name} asks ${preStop.hook.request.path.slice(0, 100)} in its hook, and any answer will do`,
            ),
          ]
        : [],
    );
    return { looked: subjects.length, findings };
  },
});
