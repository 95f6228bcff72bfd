import { ContainerEnd, type ContainerAct, type EndingContainer } from './container-end.js';
import type { KubeletBehaviour } from './behaviour.js';

/** A pod that is to end, and what stands around it. Times in milliseconds. */
export interface EndingPod {
  /** terminationGracePeriodSeconds; what is below nothing counts as one, as the API has it. */
  graceSeconds: number;
  /** Those of the spec, then the native sidecars, in the order in which they start. */
  containers: readonly EndingContainer[];
  /** From the delete until the kubelet has noticed. */
  kubeletLagMs: number;
  /** From the withdrawal of the endpoint until nobody routes by it any more. */
  routingLagMs: number;
  /** Its Service publishes it whether it is ready or not, so that its endpoint stays as long as the pod does. */
  publishNotReadyAddresses: boolean;
}

/** What is done to a pod that ends: by the kubelet, and by the controllers of its endpoint. */
export type PodAct =
  ContainerAct | { do: 'take-in-hand' } | { do: 'withdraw-endpoint' } | { do: 'routes-followed' } | { do: 'pod-gone' };

/** What happens to it. */
export type Happening = { what: 'hook-ended'; container: string } | { what: 'container-gone'; container: string };

/**
 * How a pod ends, from its delete on, as a machine without a clock and without effects: it is told what happens and what
 * time it is (milliseconds since the delete), and tells what is to be done. Two things go on side by side and know nothing
 * of each other: the endpoint is withdrawn, and the kubelet ends the containers.
 */
export class Termination {
  readonly #ends: ContainerEnd[];
  #takenInHand = false;
  #endpoint: 'published' | 'withdrawn' | 'followed' = 'published';
  #withdrawnAt = 0;
  #goneAt: number | null = null;

  constructor(
    private readonly pod: EndingPod,
    private readonly behaviour: KubeletBehaviour,
  ) {
    const asked = pod.graceSeconds < 0 ? 1 : pod.graceSeconds;
    const graceSeconds = Math.max(behaviour.leastGraceSeconds, asked);
    this.#ends = pod.containers.map(
      (container, index) => new ContainerEnd(container, graceSeconds, () => this.#isTurnOf(index)),
    );
  }

  /** When something is to be done, if nothing happens before; null: it is over, or waits for what happens. */
  get dueAt(): number | null {
    const dues = [
      this.#takenInHand ? null : this.pod.kubeletLagMs,
      this.#endpointDueAt,
      ...this.#ends.map((end) => end.dueAt),
    ];
    const least = Math.min(...dues.map((due) => due ?? Infinity));
    return Number.isFinite(least) ? least : null;
  }

  /** The pod is gone and nobody routes by its endpoint. */
  get over(): boolean {
    return this.#goneAt !== null && this.#endpoint === 'followed';
  }

  /** What is due by now, in the order in which it came to be due. */
  advance(now: number): PodAct[] {
    const acts: PodAct[] = [];
    for (let due = this.dueAt; due !== null && due <= now; due = this.dueAt) acts.push(...this.#doDue(due));
    return acts;
  }

  /** What something that happened now sets off, after all that was due before it. */
  happen(now: number, happening: Happening): PodAct[] {
    return [...this.advance(now), ...this.#react(now, happening)];
  }

  get #endpointDueAt(): number | null {
    switch (this.#endpoint) {
      case 'published':
        return this.pod.publishNotReadyAddresses ? this.#goneAt : 0;
      case 'withdrawn':
        return this.#withdrawnAt + this.pod.routingLagMs;
      case 'followed':
        return null;
    }
  }

  #doDue(due: number): PodAct[] {
    const endpoint = this.#endpointDueAt;
    if (endpoint !== null && endpoint <= due) return [this.#moveEndpoint(due)];
    if (!this.#takenInHand && this.pod.kubeletLagMs <= due) {
      this.#takenInHand = true;
      return [{ do: 'take-in-hand' }, ...this.#ends.flatMap((end) => (end.gone ? [] : end.begin(due)))];
    }
    return this.#ends.flatMap((end) => end.advance(due));
  }

  #moveEndpoint(now: number): PodAct {
    if (this.#endpoint === 'withdrawn') {
      this.#endpoint = 'followed';
      return { do: 'routes-followed' };
    }
    this.#endpoint = 'withdrawn';
    this.#withdrawnAt = now;
    return { do: 'withdraw-endpoint' };
  }

  #react(now: number, { what, container }: Happening): PodAct[] {
    const end = this.#ends.find((one) => one.container.name === container);
    if (end === undefined || end.gone) return [];
    switch (what) {
      case 'hook-ended':
        return end.hookEnded(now);
      case 'container-gone':
        end.isGone();
        return [...this.#ends.flatMap((other) => other.othersGone(now)), ...this.#podGone(now)];
    }
  }

  #podGone(now: number): PodAct[] {
    if (this.#goneAt !== null || !this.#ends.every((end) => end.gone)) return [];
    this.#goneAt = now;
    return [{ do: 'pod-gone' }, ...this.advance(now)];
  }

  /** Containers wait for nobody; a sidecar waits for all of them, and for the sidecars that were started after it. */
  #isTurnOf(index: number): boolean {
    const own = this.pod.containers[index];
    if (own?.sidecar !== true || !this.behaviour.ordersSidecars) return true;
    return this.#ends.every(({ container, gone }, other) => gone || (container.sidecar && other <= index));
  }
}
