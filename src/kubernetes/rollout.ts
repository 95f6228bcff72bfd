import type { BudgetManifest, Placed, RolloutManifest, WorkloadKind, WorkloadManifest } from '../plan/manifest.js';
import { amountOf, written } from './amounts.js';
import type { Resource } from './documents.js';
import type { Field } from './field.js';
import { selects, type Labels } from './selectors.js';
import { nameOf, namespaceOf } from './services.js';

/** How pods are replaced (apps/v1 defaults: RollingUpdate, 25 % and 25 %, one of which is never 0). */
export function rolloutOf(kind: WorkloadKind, spec: Field, replicas: number): RolloutManifest {
  const strategy = spec.get(kind === 'Deployment' ? 'strategy' : 'updateStrategy');
  const type = strategy.get('type');
  const placed: Placed<string> = { value: type.text ?? 'RollingUpdate', given: !type.isNull, at: type.at };
  if (kind !== 'Deployment' || placed.value !== 'RollingUpdate') return { type: placed, maxUnavailable: null };
  const unavailable = strategy.get('rollingUpdate', 'maxUnavailable');
  const surge = amountOf(strategy.get('rollingUpdate', 'maxSurge'), replicas, 'up') ?? Math.ceil(replicas / 4);
  const most = amountOf(unavailable, replicas, 'down') ?? Math.floor(replicas / 4);
  // With neither the rollout could not move, so one may be missing.
  const value = most === 0 && surge === 0 ? 1 : most;
  return { type: placed, maxUnavailable: { value, given: !unavailable.isNull, at: unavailable.at } };
}

/** The autoscaler of a workload. */
export function autoscalerOf(
  resources: readonly Resource[],
  { kind, name, namespace }: Pick<WorkloadManifest, 'kind' | 'name' | 'namespace'>,
): WorkloadManifest['autoscaler'] {
  const found = resources.find(({ kind: one, field }) => {
    const target = field.get('spec', 'scaleTargetRef');
    return (
      one === 'HorizontalPodAutoscaler' &&
      namespaceOf(field) === namespace &&
      target.get('kind').text === kind &&
      target.get('name').text === name
    );
  });
  if (found === undefined) return null;
  const min = found.field.get('spec', 'minReplicas');
  return { name: nameOf(found.field), min: min.whole ?? 1, at: min.at };
}

/** A disruption budget with what it takes to join it. */
export interface BudgetResource {
  namespace: string;
  field: Field;
}

export function readBudgets(resources: readonly Resource[]): BudgetResource[] {
  return resources
    .filter(({ kind }) => kind === 'PodDisruptionBudget')
    .map(({ field }) => ({ namespace: namespaceOf(field), field }));
}

export function isBudgetOf(budget: BudgetResource, namespace: string, labels: Labels): boolean {
  return budget.namespace === namespace && selects(budget.field.get('spec', 'selector'), labels);
}

/** What a budget allows for so many replicas. Percentages are rounded up, whichever of the two it is. */
export function budgetOf({ field }: BudgetResource, replicas: number): BudgetManifest {
  const spec = field.get('spec');
  const most = amountOf(spec.get('maxUnavailable'), replicas, 'up');
  const least = amountOf(spec.get('minAvailable'), replicas, 'up') ?? 0;
  return {
    name: nameOf(field),
    at: field.get('metadata', 'name').at,
    allowed: most ?? Math.max(0, replicas - least),
    setting:
      most === null
        ? written(spec.get('minAvailable'), 'minAvailable')
        : written(spec.get('maxUnavailable'), 'maxUnavailable'),
  };
}
