import type { PodProbe } from '../plan/pod.js';

/** Whether the kubelet takes a container for what a probe is about. */
export type Health = 'good' | 'bad';

/**
 * What a kubelet makes of the results of one probe (pkg/kubelet/prober/worker.go): it changes its mind when as many results in
 * a row as the threshold says are against it. Readiness begins as bad, liveness as good.
 */
export class ProbeState {
  #health: Health;
  #last: boolean | null = null;
  #inARow = 0;

  constructor(
    private readonly probe: Pick<PodProbe, 'successThreshold' | 'failureThreshold' | 'initialDelayMs'>,
    before: Health,
  ) {
    this.#health = before;
  }

  get health(): Health {
    return this.#health;
  }

  /** Whether it is asked yet; the age of the container is cut down to whole seconds. */
  isDue(ageMs: number): boolean {
    return Math.floor(ageMs / 1000) * 1000 >= this.probe.initialDelayMs;
  }

  /** Takes one result; tells whether it changed the kubelet's mind. A probe that was not answered in time has failed. */
  note(passed: boolean): boolean {
    this.#inARow = this.#last === passed ? this.#inARow + 1 : 1;
    this.#last = passed;
    const { successThreshold, failureThreshold } = this.probe;
    if (this.#inARow < (passed ? successThreshold : failureThreshold)) return false;
    const health = passed ? 'good' : 'bad';
    const changed = health !== this.#health;
    this.#health = health;
    return changed;
  }
}
