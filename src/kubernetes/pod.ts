import type { ContainerManifest } from '../plan/manifest.js';
import type { PodPlan, SidecarPlan } from '../plan/pod.js';
import type { SignalName } from '../plan/types.js';
import { signalName } from '../plan/values.js';
import type { ReadContainer } from './containers.js';
import type { ReadWorkload } from './workloads.js';

/** What starts each sidecar on this machine, by its name, in words for the shell. */
export type SidecarCommands = ReadonlyMap<string, string>;

/** What is rehearsed of a workload: one of its containers, and how the pod around it ends. */
export function podPlan(workload: ReadWorkload, container: ReadContainer, sidecars: SidecarCommands): PodPlan {
  const { manifest } = workload;
  const { probes, preStop } = container.manifest;
  return {
    workload: { kind: manifest.kind, name: manifest.name, namespace: manifest.namespace },
    container: container.manifest.name,
    served: container.manifest.servedBy !== null,
    publishNotReadyAddresses: manifest.services.some((service) => service.publishNotReady !== null),
    replicas: manifest.replicas.value,
    gracePeriodMs: manifest.graceSeconds.value * 1000,
    preStop: preStop?.hook ?? null,
    stopSignal: stopSignal(container.manifest),
    readiness: probes.readiness?.probe ?? null,
    liveness: probes.liveness?.probe ?? null,
    startup: probes.startup?.probe ?? null,
    sidecars: workload.sidecars.map((one) => sidecarPlan(one, sidecars.get(one.manifest.name))),
    env: container.env,
    command: container.command,
  };
}

function sidecarPlan({ manifest, env, command }: ReadContainer, given: string | undefined): SidecarPlan {
  const own = manifest.entrypointGiven ? command : [];
  return {
    name: manifest.name,
    preStop: manifest.preStop?.hook ?? null,
    stopSignal: stopSignal(manifest),
    env,
    // The shell becomes the command, so that this is what gets the signal.
    command: given === undefined ? own : ['/bin/sh', '-c', `exec ${given}`],
  };
}

/** The signal, where it is one that can be sent here. */
function stopSignal({ stopSignal: given }: ContainerManifest): SignalName | null {
  if (given === null) return null;
  const parsed = signalName(given.name);
  return 'value' in parsed ? parsed.value : null;
}
