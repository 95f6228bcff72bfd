import { subjectsOf } from './manifest-subjects.js';
import { defineRule, error } from './rule.js';

export const k8sProbePortNamed = defineRule({
  id: 'k8s-probe-port-named',
  item: 8,
  level: 'must',
  topic: 'The ports that probes ask',
  kept: 'Every port that a probe names is declared',
  broken: 'A probe names a port that its container does not declare',
  why: 'The name cannot be resolved, so the probe fails for ever: the pod never becomes ready, or is restarted again and again.',
  sources: [{ mark: 'K', text: 'pkg/probe/util.go: a port name is looked for among the ports of the container' }],
  cure: 'declare the port with that name in ports, or give its number',
  expected: 'the name of a probe’s port stands in the ports of the same container',
  without: 'no container has a probe',
  look: (manifest) => {
    const probes = subjectsOf(manifest).flatMap(({ container, name }) =>
      Object.entries(container.probes).flatMap(([role, probe]) => (probe === null ? [] : [{ name, role, probe }])),
    );
    return {
      looked: probes.length,
      findings: probes.flatMap(({ name, role, probe: { undeclared } }) => {
        if (undeclared === null) return [];
        const what = undeclared.given
          ? `the port ${JSON.stringify(undeclared.value.slice(0, 50))}, which it does not declare`
          : 'no port';
        return [error(undeclared.at, `the ${role} probe of ${name} asks ${what}`)];
      }),
    };
  },
});
