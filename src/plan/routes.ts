import type { Position, WorkloadManifest } from './manifest.js';

/** Something between clients and a pod that takes a while to follow its end. */
export interface Route {
  name: string;
  lagMs: number;
  at: Position;
}

/** Balancers in front of nodes follow their own health checks, 10 to 30 s as a rule. Milliseconds. */
const LOCAL_LAG_MS = 15_000;
/** terminationDrainDuration of the sidecar (Istio, pkg/config/mesh/mesh.go). Milliseconds. */
const ISTIO_LAG_MS = 5000;

/** What manifests put between clients and some workloads beside kube-proxy, the slowest first. */
export function slowestRoutes(workloads: readonly WorkloadManifest[]): Route[] {
  return workloads
    .flatMap(({ services, istio }) => [
      ...services.flatMap(({ balancers, local }) => [
        ...balancers,
        ...(local === null
          ? []
          : [{ name: 'a load balancer with externalTrafficPolicy: Local', lagMs: LOCAL_LAG_MS, at: local }]),
      ]),
      ...(istio === null ? [] : [{ name: 'the Istio sidecar', lagMs: ISTIO_LAG_MS, at: istio }]),
    ])
    .sort((a, b) => b.lagMs - a.lagMs);
}

/** What is added to the routing lag for a preStop delay: the elapsed time is cut to whole seconds. Milliseconds. */
export const LAG_MARGIN_MS = 1000;

/** The preStop delay that keeps a pod serving for the routing lag, given for how long it serves after its signal. Seconds. */
export function preStopFor(lagMs: number, acceptMs: number): number {
  return Math.max(0, Math.ceil((lagMs + LAG_MARGIN_MS - acceptMs) / 1000));
}
