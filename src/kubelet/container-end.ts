/** Whatever is left of the grace period, a container is given this long from the signal on. Seconds. */
const LEAST_SECONDS = 2;

/** One container of a pod that ends. */
export interface EndingContainer {
  name: string;
  /** It has a preStop hook. */
  hook: boolean;
  /** A native sidecar, which waits for its turn. */
  sidecar: boolean;
}

/** What the kubelet does to one container. */
export type ContainerAct =
  | { do: 'run-hook'; container: string }
  /** The grace period is over and the hook is not: nobody waits for it any more. */
  | { do: 'abandon-hook'; container: string }
  /** `graceMs` later comes SIGKILL. */
  | { do: 'signal'; container: string; graceMs: number }
  | { do: 'kill'; container: string };

type Phase =
  | { at: 'waiting' }
  | { at: 'hook'; since: number; until: number }
  | { at: 'turn'; since: number; until: number }
  | { at: 'stopping'; until: number }
  | { at: 'killed' }
  | { at: 'gone' };

/**
 * How the kubelet ends one container (`killContainer` in pkg/kubelet/kuberuntime): the hook, its turn, the signal, the kill.
 * It counts in whole seconds: the time a hook or a turn took is cut down to them before it is taken off the grace period.
 * Times are milliseconds of whatever clock the caller has.
 */
export class ContainerEnd {
  #phase: Phase = { at: 'waiting' };
  #graceSeconds: number;

  constructor(
    readonly container: EndingContainer,
    graceSeconds: number,
    /** Whether those it has to wait for are gone. */
    private readonly isItsTurn: () => boolean,
  ) {
    this.#graceSeconds = graceSeconds;
  }

  get gone(): boolean {
    return this.#phase.at === 'gone';
  }

  /** When something is to be done, if nothing happens before; null: nothing is. */
  get dueAt(): number | null {
    return 'until' in this.#phase ? this.#phase.until : null;
  }

  /** The kubelet has taken the pod in hand. */
  begin(now: number): ContainerAct[] {
    const { hook, name } = this.container;
    if (this.#phase.at !== 'waiting') return [];
    if (!hook || this.#graceSeconds <= 0) return this.#awaitTurn(now);
    this.#phase = { at: 'hook', since: now, until: now + this.#graceSeconds * 1000 };
    return [{ do: 'run-hook', container: name }];
  }

  /** The hook has ended. One that failed has ended as well: nothing but an event tells the difference. */
  hookEnded(now: number): ContainerAct[] {
    if (this.#phase.at !== 'hook') return [];
    this.#spend(now - this.#phase.since);
    return this.#awaitTurn(now);
  }

  /** Others are gone, so that it may be its turn now. */
  othersGone(now: number): ContainerAct[] {
    if (this.#phase.at !== 'turn' || !this.isItsTurn()) return [];
    this.#spend(now - this.#phase.since);
    return this.#stop(now);
  }

  /** What is due by now. */
  advance(now: number): ContainerAct[] {
    const phase = this.#phase;
    if (!('until' in phase) || phase.until > now) return [];
    switch (phase.at) {
      case 'hook':
        this.#spend(phase.until - phase.since);
        return [{ do: 'abandon-hook', container: this.container.name }, ...this.#awaitTurn(phase.until)];
      case 'turn':
        this.#spend(phase.until - phase.since);
        return this.#stop(phase.until);
      case 'stopping':
        this.#phase = { at: 'killed' };
        return [{ do: 'kill', container: this.container.name }];
    }
  }

  /** Its first process is gone, and everything in it with that. */
  isGone(): void {
    this.#phase = { at: 'gone' };
  }

  #spend(ms: number): void {
    this.#graceSeconds -= Math.floor(ms / 1000);
  }

  #awaitTurn(now: number): ContainerAct[] {
    if (this.isItsTurn() || this.#graceSeconds <= 0) return this.#stop(now);
    this.#phase = { at: 'turn', since: now, until: now + this.#graceSeconds * 1000 };
    return [];
  }

  #stop(now: number): ContainerAct[] {
    const graceMs = Math.max(LEAST_SECONDS, this.#graceSeconds) * 1000;
    this.#phase = { at: 'stopping', until: now + graceMs };
    return [{ do: 'signal', container: this.container.name, graceMs }];
  }
}
