import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessDescription } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { ExitWatcher } from '../target/exit-watcher.js';
import type { RunningTarget } from '../target/target.js';

const SAMPLE_MS = 50;
/** Every so many samples the environments are read too, to find who fled the tree. */
const THOROUGH_EVERY = 5;
/** A process that lives on for so long after the one that was started has been left behind. Milliseconds. */
const OUTLIVED_MS = 1000;
/** How long the exit event may wait for the watcher's more exact time. */
const WATCHER_WAIT_MS = 250;

/** Follows the processes of one life to their end, and records when each was gone. */
export class DeathWatch {
  readonly #commands = new Map<number, string>();
  /** When each process other than the first died; never settles where there is no watcher. */
  readonly #deaths = new Map<number, Promise<number>>();
  #rootExitAt: number | null = null;
  #rootRecorded: Promise<void>;

  constructor(
    private readonly running: RunningTarget,
    private readonly recorder: LifeRecorder,
    private readonly watcher: ExitWatcher | null,
  ) {
    const exact = new Promise<number>((resolve) => watcher?.watch(running.pid, resolve));
    this.#rootRecorded = running.exited.then(async ({ code, signal }) => {
      const noticed = recorder.clock.now();
      const at =
        watcher === null ? noticed : await Promise.race([exact, sleep(WATCHER_WAIT_MS, noticed, { ref: false })]);
      this.#rootExitAt = Math.min(at, noticed);
      recorder.record({ type: 'root-exited', code, signal }, this.#rootExitAt);
    });
  }

  /** Looks once, so that the processes of before the signal are known. */
  async lookAround(): Promise<void> {
    this.#note(await this.running.processes(true));
  }

  /**
   * Waits until every process is gone, or kills what is left when the grace period is over.
   * @param beforeKill what to find out about the target before it is killed
   * @returns whether it had to be killed
   */
  async untilGone(
    signalAt: number,
    gracePeriodMs: number,
    abort: AbortSignal,
    beforeKill: (() => Promise<void>) | null = null,
  ): Promise<boolean> {
    const { recorder, running } = this;
    let outlivedRecorded = false;
    let killed = false;
    for (let sample = 1; ; sample++) {
      // A scan of a machine with very many processes must not eat the time it is meant to watch.
      const before = performance.now();
      const alive = await running.processes(sample % THOROUGH_EVERY === 0 || running.hasExited());
      const scanMs = performance.now() - before;
      this.#note(alive);
      if (running.hasExited() && alive.length === 0) break;
      const now = recorder.clock.now();
      const outlived = this.#rootExitAt !== null && now - this.#rootExitAt > OUTLIVED_MS;
      if (outlived && !outlivedRecorded && alive.length > 0) {
        outlivedRecorded = true;
        recorder.record({ type: 'outlived-root', processes: alive });
      }
      if (now - signalAt >= gracePeriodMs) {
        await this.#kill(alive, beforeKill);
        killed = true;
        break;
      }
      const pause = Math.min(Math.max(SAMPLE_MS, 10 * scanMs), Math.max(1, signalAt + gracePeriodMs - now));
      await this.#nap(pause, abort);
    }
    await running.exited;
    await this.#rootRecorded;
    await this.#recordDeaths();
    return killed;
  }

  /** A pause that the exit of the first process cuts short. */
  async #nap(ms: number, abort: AbortSignal): Promise<void> {
    const awake = new AbortController();
    const pause = sleep(ms, undefined, { signal: AbortSignal.any([abort, awake.signal]) });
    // A nap that is cut short must not keep us from ending.
    if (!this.running.hasExited()) void this.running.exited.then(() => awake.abort());
    await pause.catch(() => abort.throwIfAborted());
  }

  async #kill(alive: ProcessDescription[], beforeKill: (() => Promise<void>) | null): Promise<void> {
    this.recorder.record({ type: 'grace-over', alive });
    await beforeKill?.();
    const at = this.recorder.clock.now();
    const pids = await this.running.kill();
    this.recorder.record({ type: 'killed', pids }, at);
  }

  #note(processes: readonly ProcessDescription[]): void {
    const fresh = processes.filter((process) => !this.#commands.has(process.pid));
    if (fresh.length === 0) return;
    this.recorder.record({ type: 'processes-seen', processes: fresh });
    for (const { pid, command } of fresh) {
      this.#commands.set(pid, command);
      if (pid !== this.running.pid) this.#deaths.set(pid, new Promise((resolve) => this.watcher?.watch(pid, resolve)));
    }
  }

  /** The watcher's exact times, where they arrive in time; else the moment in which we noticed. */
  async #recordDeaths(): Promise<void> {
    const noticed = this.recorder.clock.now();
    for (const [pid, died] of this.#deaths) {
      const at = await Promise.race([died, sleep(WATCHER_WAIT_MS, noticed, { ref: false })]);
      this.recorder.record({ type: 'process-gone', pid, command: this.#commands.get(pid) ?? '' }, at);
    }
  }
}
