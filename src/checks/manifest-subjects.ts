import type { ContainerManifest, ManifestPlan, WorkloadManifest } from '../plan/manifest.js';

/** A container with the workload it is in. */
export interface Subject {
  workload: WorkloadManifest;
  container: ContainerManifest;
  /** It is the one that is rehearsed, so that what was measured is about it. */
  rehearsed: boolean;
  /** `orders/app`. */
  name: string;
}

/** Every container of the workloads that are judged. */
export function subjectsOf({ workloads, pod }: ManifestPlan): Subject[] {
  return workloads.flatMap((workload) =>
    workload.containers.map((container) => ({
      workload,
      container,
      rehearsed: pod !== null && pod.container === container.name,
      name: workload.containers.length === 1 ? workload.name : `${workload.name}/${container.name}`,
    })),
  );
}

/** Those that clients are sent to. */
export function servedSubjects(manifest: ManifestPlan): Subject[] {
  return subjectsOf(manifest).filter(({ container }) => container.servedBy !== null);
}

/** Workloads that clients are sent to. */
export function servedWorkloads({ workloads }: ManifestPlan): WorkloadManifest[] {
  return workloads.filter(({ containers }) => containers.some(({ servedBy }) => servedBy !== null));
}

/** Jobs run to an end of their own and serve nobody. */
export function isTask({ kind }: WorkloadManifest): boolean {
  return kind === 'Job' || kind === 'CronJob';
}

/** How long the preStop hook takes; 0 without one, null where that cannot be read. Milliseconds. */
export function preStopMs({ preStop }: ContainerManifest): number | null {
  return preStop === null ? 0 : preStop.takesMs;
}

export const NOT_SERVED = 'no Service sends clients to a workload in the manifest';
