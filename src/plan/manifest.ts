import type { HookPlan, PodPlan, PodProbe } from './pod.js';

/**
 * What was read of Kubernetes manifests: everything their rules ask for, joined, with the places where it stands.
 * JSON-safe, no optional fields, times in milliseconds unless a name says otherwise.
 */
export interface ManifestPlan {
  /** As they were given; `-` for standard input. */
  files: string[];
  /** What was left out, and why. */
  notes: string[];
  /** The minor version of the cluster, 32 for 1.32; null: not said. */
  kubeMinor: number | null;
  /** The workloads that are judged: in a run the one that is rehearsed. */
  workloads: WorkloadManifest[];
  /** Disruption budgets that select none of the workloads that were read. */
  strayBudgets: { name: string; at: Position }[];
  /** What is rehearsed; null where nothing is. */
  pod: PodPlan | null;
  /** The container port that clients are sent to; null: none is declared. */
  servedPort: number | null;
}

/** Where something stands. Lines and columns count from 1. */
export interface Position {
  file: string;
  line: number;
  column: number;
}

/** A value and where it stands, or, where it is left to its default, where what it belongs to stands. */
export interface Placed<T> {
  value: T;
  given: boolean;
  at: Position;
}

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'Pod' | 'Job' | 'CronJob';

export interface WorkloadManifest {
  kind: WorkloadKind;
  name: string;
  namespace: string;
  at: Position;
  /** Of its autoscaler the least there may be. */
  replicas: Placed<number>;
  rollout: RolloutManifest;
  minReadySeconds: Placed<number>;
  graceSeconds: Placed<number>;
  osName: string | null;
  /** Selects nodes that are taken away at short notice. */
  spot: Position | null;
  /** An Istio sidecar is asked for. */
  istio: Position | null;
  readinessGates: number;
  services: ServiceManifest[];
  budgets: BudgetManifest[];
  autoscaler: { name: string; min: number; at: Position } | null;
  containers: ContainerManifest[];
}

/** How a workload replaces its pods; percentages are resolved against its replicas. */
export interface RolloutManifest {
  type: Placed<string>;
  /** How many may be missing; null where that means nothing. */
  maxUnavailable: Placed<number> | null;
}

export interface ServiceManifest {
  name: string;
  at: Position;
  headless: boolean;
  publishNotReady: Position | null;
  /** externalTrafficPolicy: Local. */
  local: Position | null;
  /** What stands in front of it and follows more slowly than kube-proxy, the slowest first. */
  balancers: BalancerManifest[];
}

/** A load balancer that is asked for by annotations, types or classes. */
export interface BalancerManifest {
  name: string;
  lagMs: number;
  /** How it asks on its own whether a pod is well; null where it does not. */
  healthCheck: HealthCheckManifest | null;
  at: Position;
}

export interface HealthCheckManifest {
  /** `readiness`: what the readiness probe of the container asks. */
  asks: { kind: 'http'; path: string } | { kind: 'tcp' } | { kind: 'readiness' };
  /** null: as the readiness probe has it. */
  intervalMs: number | null;
  timeoutMs: number | null;
  /** So many failures in a row take a pod out. */
  threshold: number;
  /** Where the interval stands, or what it would belong to. */
  at: Position;
}

export interface BudgetManifest {
  name: string;
  at: Position;
  /** How many pods may be disrupted at once, of as many as there are replicas. */
  allowed: number;
  /** The setting that decides it, as it is written. */
  setting: Placed<string>;
}

export interface ContainerManifest {
  name: string;
  image: string;
  at: Position;
  /** Why clients are taken to be sent here; null: they are not. */
  servedBy: string | null;
  preStop: { hook: HookPlan; takesMs: number | null; at: Position } | null;
  stopSignal: { name: string; at: Position } | null;
  probes: Record<ProbeName, ProbeManifest | null>;
  /** command and args as far as they are given, as they are written. */
  command: string[];
  commandAt: Position;
  /** `command` is given, and not only `args`. */
  entrypointGiven: boolean;
  server: ServerManifest | null;
}

export type ProbeName = 'readiness' | 'liveness' | 'startup';

export interface ProbeManifest {
  at: Position;
  probe: PodProbe;
  /** The port as it is written, where it has a name that no port of the container has. */
  undeclared: Placed<string> | null;
  /** terminationGracePeriodSeconds of its own. */
  graceAt: Position | null;
  timeoutAt: Position;
}

/** A server whose own time-out bounds its drain. */
export interface ServerManifest {
  name: string;
  /** The setting, as it is to be written. */
  option: string;
  /** null: not set, so far as can be seen. */
  timeoutMs: number | null;
  /** What holds without it, in words. */
  byDefault: string;
  /** It may be set in a file that is not in the manifest. */
  elsewhere: string | null;
  /** What may say otherwise than is seen here, and nobody can tell. */
  doubt: string | null;
  at: Position;
}
