import type { Happening, PodAct, Termination } from '../kubelet/termination.js';
import type { Clock } from '../recording/clock.js';

/** Plays a termination on a real clock: waits until something is due, and has it done. */
export class PodEnd {
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param deletedAt when the pod was deleted, as a time of the clock */
  constructor(
    private readonly termination: Termination,
    private readonly clock: Clock,
    private readonly deletedAt: number,
    private readonly perform: (act: PodAct) => void,
  ) {}

  /** Does what is due now, and goes on by itself. */
  start(): void {
    this.#do(this.termination.advance(this.#now()));
  }

  tell(happening: Happening): void {
    if (!this.#stopped) this.#do(this.termination.happen(this.#now(), happening));
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #do(acts: readonly PodAct[]): void {
    clearTimeout(this.#timer);
    for (const act of acts) this.perform(act);
    const { dueAt } = this.termination;
    if (dueAt === null || this.#stopped) return;
    // A timer may fire a little early; then it waits once more.
    const waitMs = Math.max(1, Math.ceil(dueAt - this.#now()));
    this.#timer = setTimeout(() => this.start(), waitMs);
  }

  #now(): number {
    return this.clock.now() - this.deletedAt;
  }
}
