import { Worker } from 'node:worker_threads';
import type { Recorder } from '../recording/recorder.js';
import type { ObserverData, ObserverOrder, ObserverReport } from './observer-thread.js';

/** Numbers of exchanges begun in the probe worker start here, far above those of the main thread. */
const FIRST_NUMBER = 1_000_000;

/** The main thread's handle of the probe worker. Its events go straight to the recorder. */
export class Observer {
  #worker: Worker | null = null;
  readonly #waiting = new Map<string, (value: number | null) => void>();
  #failure: Error | null = null;

  constructor(
    private readonly recorder: Recorder,
    /** Told when the thread is gone by a fault of its own: nothing that goes on without it proves anything. */
    private readonly onFailure: (error: Error) => void,
  ) {}

  /**
   * Starts the thread, unless it runs. It is wanted only when the signal is near; begun earlier, it would take the
   * processor from a target that is starting.
   */
  start(): Worker {
    if (this.#worker !== null) return this.#worker;
    const data: ObserverData = { originNs: this.recorder.clock.originNs, firstNumber: FIRST_NUMBER };
    const worker = new Worker(new URL('./observer-thread.js', import.meta.url), { workerData: data });
    this.#worker = worker;
    worker.unref();
    worker.on('message', (report: ObserverReport) => {
      if ('event' in report) this.recorder.record(report.life, report.event, report.at);
      else if ('watching' in report) this.#answer(`watching ${report.watching}`, null);
      else if ('stopped' in report) this.#answer(`stopped ${report.stopped}`, null);
      else this.#answer(`signalled ${report.life}`, report.signalledAt);
    });
    worker.on('error', (error) => {
      this.#failure = error;
      for (const key of [...this.#waiting.keys()]) this.#answer(key, null);
      this.onFailure(error);
    });
    return worker;
  }

  /** Begins to probe; settles when every probe has had its first answer. */
  async watch(order: Omit<Extract<ObserverOrder, { do: 'watch' }>, 'do'>): Promise<void> {
    await this.#ask(`watching ${order.life}`, { do: 'watch', ...order });
  }

  /** Sends the signal and tells when, as a time of the recording; null when there was nobody to signal. */
  async signal(order: Omit<Extract<ObserverOrder, { do: 'signal' }>, 'do'>): Promise<number | null> {
    return this.#ask(`signalled ${order.life}`, { do: 'signal', ...order });
  }

  /** Begins new connections now. */
  attempt(order: Omit<Extract<ObserverOrder, { do: 'attempt' }>, 'do'>): void {
    this.#post({ do: 'attempt', ...order });
  }

  /** New connections come no more; those that are open go on. */
  leave(life: number): void {
    this.#post({ do: 'leave', life });
  }

  /** Ends the probes and new connections of a life; settles when their last events are recorded. */
  async stop(life: number): Promise<void> {
    if (this.#worker !== null) await this.#ask(`stopped ${life}`, { do: 'stop', life });
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }

  async #ask(key: string, order: ObserverOrder): Promise<number | null> {
    const answer = new Promise<number | null>((resolve) => this.#waiting.set(key, resolve));
    this.#post(order);
    const value = await answer;
    if (this.#failure !== null) throw this.#failure;
    return value;
  }

  #post(order: ObserverOrder): void {
    if (this.#failure !== null) throw this.#failure;
    this.start().postMessage(order);
  }

  #answer(key: string, value: number | null): void {
    this.#waiting.get(key)?.(value);
    this.#waiting.delete(key);
  }
}
