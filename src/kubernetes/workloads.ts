import type { Placed, WorkloadKind, WorkloadManifest } from '../plan/manifest.js';
import { readContainer, type ReadContainer } from './containers.js';
import type { Resource } from './documents.js';
import type { Field } from './field.js';
import { istioInjection, spotSelector } from './nodes.js';
import { autoscalerOf, budgetOf, isBudgetOf, rolloutOf, type BudgetResource } from './rollout.js';
import { labelsOf, type Labels } from './selectors.js';
import { clientPort, nameOf, namespaceOf, servicesOf, targetOf, type ServiceResource } from './services.js';

const KINDS: readonly string[] = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Pod',
  'Job',
  'CronJob',
] satisfies WorkloadKind[];

export function isWorkload(resource: Resource): resource is Resource & { kind: WorkloadKind } {
  return KINDS.includes(resource.kind);
}

/** A workload as it is judged, and what only its rehearsal needs. */
export interface ReadWorkload {
  manifest: WorkloadManifest;
  containers: ReadContainer[];
  /** Native sidecars, in the order in which they start. */
  sidecars: ReadContainer[];
  /** For each container the port that clients are sent to. */
  served: Map<string, number>;
  /** Where it is written, for the patch that is suggested. */
  field: Field;
}

/** The other resources that say something about workloads. */
export interface Joined {
  resources: readonly Resource[];
  services: readonly ServiceResource[];
  budgets: readonly BudgetResource[];
}

/** Reads one workload and joins what is about it. */
export function readWorkload({ kind, field }: Resource & { kind: WorkloadKind }, joined: Joined): ReadWorkload {
  const { template, podSpec, labels } = podOf(kind, field);
  const spec = field.get('spec');
  const own = { kind, name: nameOf(field), namespace: namespaceOf(field) };
  const autoscaler = autoscalerOf(joined.resources, own);
  const replicas: Placed<number> =
    autoscaler === null ? spec.get('replicas').placed(1) : { value: autoscaler.min, given: true, at: autoscaler.at };
  const isTask = kind === 'Job' || kind === 'CronJob';
  const services = isTask ? [] : servicesOf(joined.services, own.namespace, labels);
  const containers = podSpec.get('containers').items.map(readContainer);
  const sidecars = podSpec
    .get('initContainers')
    .items.filter((one) => one.get('restartPolicy').text === 'Always')
    .map(readContainer);
  const served = isTask ? new Map<string, number>() : serve(containers, services, joined, own.namespace);
  return {
    manifest: {
      ...own,
      at: field.get('metadata', 'name').at,
      replicas,
      rollout: rolloutOf(kind, spec, replicas.value),
      minReadySeconds: spec.get('minReadySeconds').placed(0),
      graceSeconds: grace(podSpec),
      osName: podSpec.get('os', 'name').text,
      spot: spotSelector(podSpec),
      istio: istioInjection(template),
      readinessGates: podSpec.get('readinessGates').items.length,
      services: services.map(({ manifest }) => manifest),
      budgets: isTask
        ? []
        : joined.budgets
            .filter((one) => isBudgetOf(one, own.namespace, labels))
            .map((one) => budgetOf(one, replicas.value)),
      autoscaler,
      containers: containers.map(({ manifest }) => manifest),
    },
    containers,
    sidecars,
    served,
    field,
  };
}

/** Where the pod of a workload is described. */
export function podOf(kind: WorkloadKind, field: Field): { template: Field; podSpec: Field; labels: Labels } {
  const template =
    kind === 'Pod'
      ? field
      : kind === 'CronJob'
        ? field.get('spec', 'jobTemplate', 'spec', 'template')
        : field.get('spec', 'template');
  return { template, podSpec: template.get('spec'), labels: labelsOf(template.get('metadata', 'labels')) };
}

/** A negative grace period becomes 1 (pkg/registry/core/pod/strategy.go). */
function grace(podSpec: Field): Placed<number> {
  const field = podSpec.get('terminationGracePeriodSeconds');
  const { number } = field;
  return number !== null && number < 0 ? { value: 1, given: true, at: field.at } : field.placed(30);
}

/**
 * Finds out which containers clients are sent to, and at which port: as a Service says, or, where no Service was read at
 * all, as declared ports suggest.
 */
function serve(
  containers: readonly ReadContainer[],
  services: readonly ServiceResource[],
  { services: all }: Joined,
  namespace: string,
): Map<string, number> {
  const served = new Map<string, number>();
  for (const service of services) {
    const target = containers.flatMap((one) => {
      const port = targetOf(service, one.ports);
      return port === null ? [] : [{ one, port: port.port }];
    })[0];
    // Ports need not be declared; the first container is the application then, sidecars are injected after it.
    const one = target?.one ?? containers[0];
    if (one === undefined) continue;
    one.manifest.servedBy ??= `Service ${service.manifest.name}`;
    const port = target?.port ?? clientPort(one.ports)?.port;
    if (port !== undefined && !served.has(one.manifest.name)) served.set(one.manifest.name, port);
  }
  if (all.some((one) => one.namespace === namespace)) return served;
  for (const { manifest, ports } of containers) {
    const port = clientPort(ports);
    if (port === null) continue;
    manifest.servedBy ??= `port ${port.port}`;
    served.set(manifest.name, port.port);
  }
  return served;
}
