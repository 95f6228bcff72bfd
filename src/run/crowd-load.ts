import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Origin } from '../plan/origin.js';
import type { ArmProof, EventOf } from '../recording/events.js';
import { readPeers } from '../target/connection-table.js';
import { listenOverflows } from '../target/listen-overflows.js';
import { sizeOf, type CrowdProgress } from '../traffic/lean/crowd.js';
import type { TrafficRecorder } from '../traffic/exchanges.js';
import type { Numbering } from '../traffic/numbering.js';
import type { NamedGroup } from './crowd-groups.js';
import type { CrowdData, CrowdOrder, CrowdReport, GroupColumns } from './crowd-thread.js';

/** Without any progress for so long, the rest is taken to be waiting in the target's queue. */
const NO_PROGRESS_MS = 1000;
const POLL_MS = 20;
/** Withheld uploads are let go over this time, which is beyond the usual short timeouts. */
const RELEASE_OVER_MS = 1200;

interface Stage {
  recorder: TrafficRecorder;
  numbering: Numbering;
  origin: Origin;
  groups: readonly NamedGroup[];
  path: string;
  /** What the silence of a request proves where the kernel does not tell. */
  silence: ArmProof | null;
  onProgress: (phase: 'loading' | 'draining', standing: number) => void;
}

/** The main thread's handle of thousands of connections. */
export class CrowdLoad {
  /** Settles when every connection has ended; never rejects. */
  readonly over: Promise<void>;
  readonly #worker: Worker;
  readonly #stage: Stage;
  readonly #answers = new Map<string, (report: CrowdReport) => void>();
  #isOver: () => void = () => undefined;
  #failure: Error | null = null;
  #progress: CrowdProgress = { standing: 0, ended: 0, opened: 0 };
  #draining = false;
  #told = false;

  private constructor(stage: Stage) {
    this.#stage = stage;
    this.over = new Promise((resolve) => (this.#isOver = resolve));
    const { origin, path, recorder } = stage;
    const data: CrowdData = { originNs: recorder.clock.originNs, origin, path, groups: [...stage.groups] };
    this.#worker = new Worker(new URL('./crowd-thread.js', import.meta.url), { workerData: data });
    this.#worker.on('message', (report: CrowdReport) => this.#take(report));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the traffic worker ended')));
  }

  /** Opens all connections, and waits until the target has what is to be in flight in its hands. */
  static async open(stage: Stage, abort: AbortSignal): Promise<CrowdLoad> {
    const load = new CrowdLoad(stage);
    const end = () => load.close();
    abort.addEventListener('abort', end, { once: true });
    try {
      const before = await listenOverflows(stage.origin);
      const { opened } = await load.#ask('opened', { do: 'open' });
      const after = await listenOverflows(stage.origin);
      stage.recorder.record({
        type: 'crowd-opened',
        asked: sizeOf(stage.groups),
        opened: opened.connections,
        tookMs: opened.tookMs,
        overflows: before === null || after === null ? null : after - before,
        shortfall: opened.shortfall,
      });
      await load.#arm(opened.connections, abort);
      return load;
    } catch (error) {
      load.close();
      throw error;
    } finally {
      abort.removeEventListener('abort', end);
    }
  }

  /** Connections that stand and have not ended. */
  get standing(): number {
    return this.#progress.standing;
  }

  /** Connections that have ended; grows while anything goes on. */
  get ended(): number {
    return this.#progress.ended;
  }

  /** Lets go of what is withheld. */
  signalled(): void {
    this.#draining = true;
    this.#post({ do: 'release', overMs: RELEASE_OVER_MS });
  }

  /** Records how each ended; what has not ended is ended by us. */
  async tell(): Promise<void> {
    if (this.#told) return;
    this.#told = true;
    const { recorder, numbering } = this.#stage;
    const { columns } = await this.#ask('columns', { do: 'tell' });
    for (const group of columns)
      if (group.openedAt.length > 0)
        recorder.record({ type: 'crowd-ended', first: firstOf(numbering, group), ...group } satisfies Omit<
          EventOf<'crowd-ended'>,
          'seq' | 'at' | 'life'
        >);
    this.close();
  }

  /** Ends it all at once. */
  close(): void {
    this.#isOver();
    void this.#worker.terminate();
  }

  /** Asks the kernel what the target has taken and read, until it has everything or takes no more. */
  async #arm(opened: number, abort: AbortSignal): Promise<void> {
    const { origin, silence, recorder } = this.#stage;
    let least = Infinity;
    let progressAt = performance.now();
    for (;;) {
      abort.throwIfAborted();
      const read = await readPeers(origin);
      const { armed } = await this.#ask('armed', { do: 'arm', read, silence });
      if (armed.waiting < least) progressAt = performance.now();
      least = Math.min(least, armed.waiting);
      if (armed.waiting === 0 || performance.now() - progressAt > NO_PROGRESS_MS) {
        recorder.record({ type: 'armed', armed: armed.armed, opened });
        return;
      }
      await sleep(POLL_MS, undefined, { signal: abort });
    }
  }

  async #ask<K extends 'opened' | 'armed' | 'columns'>(
    key: K,
    order: CrowdOrder,
  ): Promise<Extract<CrowdReport, Record<K, unknown>>> {
    const answer = new Promise<CrowdReport>((resolve) => this.#answers.set(key, resolve));
    this.#post(order);
    const report = await answer;
    if (!(key in report)) throw this.#failure ?? new Error('the traffic worker gave no answer');
    return report as Extract<CrowdReport, Record<K, unknown>>;
  }

  #post(order: CrowdOrder): void {
    if (this.#failure !== null) throw this.#failure;
    this.#worker.postMessage(order);
  }

  #take(report: CrowdReport): void {
    if ('progress' in report) {
      this.#progress = report.progress;
      this.#stage.onProgress(this.#draining ? 'draining' : 'loading', report.progress.standing);
    } else if ('over' in report) this.#isOver();
    else {
      const [key = ''] = Object.keys(report);
      const answer = this.#answers.get(key);
      this.#answers.delete(key);
      answer?.(report);
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#isOver();
    for (const answer of this.#answers.values()) answer({ over: true });
    this.#answers.clear();
  }
}

/** The number of a group's first exchange; the others follow it. */
function firstOf(numbering: Numbering, { openedAt }: GroupColumns): number {
  const first = numbering.next();
  for (let i = 1; i < openedAt.length; i++) numbering.next();
  return first;
}
