/**
 * What kubelets of different ages do when a pod ends. Told by the minor version of Kubernetes 1.x, from the sources of
 * 1.20, 1.32 and 1.36, and from kubernetes/kubernetes #52817 and #110309 for what lies between.
 */
export interface KubeletBehaviour {
  /**
   * Liveness is still asked while the pod terminates. A failure shows in the pod's events and ends nothing: one worker syncs
   * a pod, and it is busy with its end until the containers are gone (managePodLoop in pkg/kubelet/pod_workers.go).
   */
  livenessGoesOn: boolean;
  /** Readiness goes on until the containers are gone. */
  readinessGoesOn: boolean;
  /** A grace period of nothing is made one of a second. */
  leastGraceSeconds: 0 | 1;
  /** Native sidecars are signalled after the other containers, the last one that was started first. */
  ordersSidecars: boolean;
}

/** @param minor of Kubernetes 1.x */
export function kubeletBehaviour(minor: number): KubeletBehaviour {
  return {
    livenessGoesOn: minor < 21,
    readinessGoesOn: minor < 21 || minor >= 25,
    leastGraceSeconds: minor < 22 ? 0 : 1,
    ordersSidecars: minor >= 29,
  };
}
