import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../recording/clock.js';
import type { DeathNotice, WatcherData, WatcherOrder } from './exit-watcher-thread.js';

/** Tells when processes died. Times are those of the clock it was made with. */
export class ExitWatcher {
  readonly #worker: Worker;
  readonly #counter: Int32Array;
  readonly #waiting = new Map<number, (at: number) => void>();

  private constructor(clock: Clock) {
    const data: WatcherData = { originNs: clock.originNs, wake: new SharedArrayBuffer(4) };
    this.#counter = new Int32Array(data.wake);
    this.#worker = new Worker(new URL('./exit-watcher-thread.js', import.meta.url), { workerData: data });
    this.#worker.unref();
    this.#worker.on('message', ({ pid, at }: DeathNotice) => {
      this.#waiting.get(pid)?.(at);
      this.#waiting.delete(pid);
    });
    // Without the watcher the exit event still tells the time, only less exactly.
    this.#worker.on('error', () => undefined);
  }

  /** A watcher, or null on a system without /proc. */
  static start(clock: Clock): ExitWatcher | null {
    return existsSync('/proc/self/stat') ? new ExitWatcher(clock) : null;
  }

  /** Calls back once with the time of death. */
  watch(pid: number, died: (at: number) => void): void {
    this.#waiting.set(pid, died);
    this.#order({ watch: pid });
  }

  async close(): Promise<void> {
    this.#order({ stop: true });
    await this.#worker.terminate();
  }

  #order(order: WatcherOrder): void {
    this.#worker.postMessage(order);
    Atomics.add(this.#counter, 0, 1);
    Atomics.notify(this.#counter, 0);
  }
}
