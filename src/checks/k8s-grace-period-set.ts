import { defineRule, error, note, warning } from './rule.js';

export const k8sGracePeriodSet = defineRule({
  id: 'k8s-grace-period-set',
  item: 7,
  level: 'must',
  topic: 'Whether there is a grace period',
  kept: 'There is a grace period',
  broken: 'There is no grace period',
  why: 'A grace period of 0 deletes the pod from the API at once and kills it soon after. A StatefulSet may then start its successor while the old pod still writes.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: terminationGracePeriodSeconds' },
    { mark: 'K', text: 'Kubernetes documentation, Force Delete StatefulSet Pods: a grace period of 0 is unsafe' },
  ],
  cure: 'set terminationGracePeriodSeconds to the preStop delay plus the longest drain and a margin',
  expected: 'terminationGracePeriodSeconds is more than 0',
  without: 'there is no workload',
  look: ({ workloads }) => ({
    looked: workloads.length,
    findings: workloads.flatMap(({ kind, name, graceSeconds: { value, given, at } }) => {
      if (!given) return [note(at, `${name} leaves it to the default of 30 s`)];
      if (value > 0) return [];
      return kind === 'StatefulSet'
        ? [error(at, `the StatefulSet ${name} has a grace period of 0, which may start its successor beside it`)]
        : [warning(at, `${name} has a grace period of 0`)];
    }),
    kept: [
      ...new Set(workloads.map(({ graceSeconds: { value, given } }) => `${value} s${given ? '' : ', the default'}`)),
    ].join(', '),
  }),
});
