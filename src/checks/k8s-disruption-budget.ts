import { defineRule, error, note, warning } from './rule.js';

export const k8sDisruptionBudget = defineRule({
  id: 'k8s-disruption-budget',
  item: 2,
  level: 'must',
  topic: 'The disruption budget',
  kept: 'A node can be drained without all pods going at once',
  broken: 'The disruption budget does not do what it is for',
  why: 'A budget that allows nothing blocks every node drain, until somebody forces it and no pod gets its grace period. One that selects nothing protects nothing.',
  sources: [{ mark: 'K', text: 'Kubernetes documentation, Specifying a Disruption Budget for your Application' }],
  cure: 'set maxUnavailable: 1, with at least two replicas',
  expected: 'a PodDisruptionBudget that selects the pods and allows at least one to go',
  without: 'no workload in the manifest is one that a budget is for',
  look: ({ workloads, strayBudgets }) => {
    const kept: string[] = [];
    const replicated = workloads.filter(({ kind }) => ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(kind));
    const findings = replicated.flatMap(({ name, at, replicas, budgets, containers }) => {
      if (replicas.value === 0) return [];
      const tight = budgets.filter(({ allowed }) => allowed === 0);
      kept.push(
        ...budgets.filter(({ allowed }) => allowed > 0).map(({ allowed }) => `${allowed} of ${replicas.value} may go`),
      );
      if (budgets.length > 0)
        return tight.map((budget) =>
          error(
            budget.setting.at,
            `${budget.name} allows none of the ${replicas.value} replica${replicas.value === 1 ? '' : 's'} of ${name} to go (${budget.setting.value})`,
          ),
        );
      const served = containers.some(({ servedBy }) => servedBy !== null);
      return served && replicas.value > 1
        ? [note(at, `${name} has ${replicas.value} replicas and no PodDisruptionBudget`)]
        : [];
    });
    const stray = strayBudgets.map(({ name, at }) => warning(at, `${name} selects no workload that was read`));
    return {
      looked: replicated.length + stray.length,
      findings: [...findings, ...stray],
      kept: [...new Set(kept)].join(', '),
    };
  },
});
