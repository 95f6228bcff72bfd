import type { SignalName } from './types.js';

/**
 * What a manifest says of one container's life and death: the part of it that is rehearsed. JSON-safe, no optional
 * fields, times in milliseconds. The defaults of the API are filled in.
 */
export interface PodPlan {
  workload: { kind: string; name: string; namespace: string };
  container: string;
  /** Whether a Service with client traffic selects it. */
  served: boolean;
  /** Its Service goes on publishing it when it is not ready: routes never change. */
  publishNotReadyAddresses: boolean;
  replicas: number;
  /** terminationGracePeriodSeconds. */
  gracePeriodMs: number;
  preStop: HookPlan | null;
  /** lifecycle.stopSignal; null: the image's, or SIGTERM. */
  stopSignal: SignalName | null;
  readiness: PodProbe | null;
  liveness: PodProbe | null;
  startup: PodProbe | null;
  /** Native sidecars (init containers with restartPolicy Always), in the order in which they start. */
  sidecars: SidecarPlan[];
  /** Environment literals of the container. */
  env: Record<string, string>;
  /** command and args of the container, as far as given; empty: the image's own. */
  command: string[];
}

/** A container that is there for as long as the others, and ends after them. */
export interface SidecarPlan {
  name: string;
  preStop: HookPlan | null;
  stopSignal: SignalName | null;
  /** Environment literals. */
  env: Record<string, string>;
  /** What starts it here: what the user says, else the command of the manifest; empty: nobody knows. */
  command: string[];
}

/** A preStop hook. */
export type HookPlan =
  | { kind: 'exec'; command: string[] }
  | { kind: 'http'; request: PodRequest }
  | { kind: 'tcp'; port: number }
  | { kind: 'sleep'; durationMs: number };

/** An HTTP request of the kubelet's. */
export interface PodRequest {
  scheme: 'HTTP' | 'HTTPS';
  /** null: the pod's own address. */
  host: string | null;
  port: number;
  path: string;
  headers: [string, string][];
}

/** A probe with the API's defaults filled in. */
export interface PodProbe {
  ask:
    | { kind: 'http'; request: PodRequest }
    | { kind: 'tcp'; port: number }
    | { kind: 'grpc'; port: number; service: string }
    | { kind: 'exec'; command: string[] };
  initialDelayMs: number;
  periodMs: number;
  timeoutMs: number;
  successThreshold: number;
  failureThreshold: number;
  /** Its own terminationGracePeriodSeconds; null: the pod's. */
  gracePeriodMs: number | null;
}
