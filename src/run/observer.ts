import { Worker } from 'node:worker_threads';
import type { Recorder } from '../recording/recorder.js';
import type { ObserverData, ObserverOrder, ObserverReport } from './observer-thread.js';

/** Numbers of exchanges begun in the probe worker start here, far above those of the main thread. */
const FIRST_NUMBER = 1_000_000;

/** The main thread's handle of the probe worker. Its events go straight to the recorder. */
export class Observer {
  readonly #worker: Worker;
  readonly #waiting = new Map<string, (value: boolean) => void>();
  #failure: Error | null = null;

  constructor(recorder: Recorder) {
    const data: ObserverData = { originNs: recorder.clock.originNs, firstNumber: FIRST_NUMBER };
    this.#worker = new Worker(new URL('./observer-thread.js', import.meta.url), { workerData: data });
    this.#worker.unref();
    this.#worker.on('message', (report: ObserverReport) => {
      if ('event' in report) recorder.record(report.life, report.event, report.at);
      else if ('stopped' in report) this.#answer(`stopped ${report.stopped}`, true);
      else this.#answer(`signalled ${report.life}`, report.signalled);
    });
    this.#worker.on('error', (error) => {
      this.#failure = error;
      for (const key of [...this.#waiting.keys()]) this.#answer(key, false);
    });
  }

  watch(order: Omit<Extract<ObserverOrder, { do: 'watch' }>, 'do'>): void {
    this.#post({ do: 'watch', ...order });
  }

  /** Sends the signal. False when there was nobody to signal. */
  async signal(order: Omit<Extract<ObserverOrder, { do: 'signal' }>, 'do'>): Promise<boolean> {
    return this.#ask(`signalled ${order.life}`, { do: 'signal', ...order });
  }

  /** Ends the probes and new connections of a life; settles when their last events are recorded. */
  async stop(life: number): Promise<void> {
    await this.#ask(`stopped ${life}`, { do: 'stop', life });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(key: string, order: ObserverOrder): Promise<boolean> {
    const answer = new Promise<boolean>((resolve) => this.#waiting.set(key, resolve));
    this.#post(order);
    const value = await answer;
    if (this.#failure !== null) throw this.#failure;
    return value;
  }

  #post(order: ObserverOrder): void {
    if (this.#failure !== null) throw this.#failure;
    this.#worker.postMessage(order);
  }

  #answer(key: string, value: boolean): void {
    this.#waiting.get(key)?.(value);
    this.#waiting.delete(key);
  }
}
