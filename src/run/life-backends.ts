import { randomBytes } from 'node:crypto';
import { JobLedger } from '../backends/job-ledger.js';
import type { WorkerSights } from '../backends/worker-sights.js';
import type { DatabaseProxy } from '../backends/database-proxy.js';
import type { Marks } from '../backends/marks.js';
import type { OtlpSink } from '../backends/otlp-sink.js';
import type { OutputLines } from '../backends/output-watch.js';
import type { StatsdSink } from '../backends/statsd-sink.js';
import { backendsOf } from '../plan/backends.js';
import { atPlace } from '../plan/database-url.js';
import type { Plan } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { StartOptions } from '../target/target.js';
import type { RunContext } from './context.js';

/** Node hands on what a process printed a little after it has exited. Milliseconds. */
const LAST_OUTPUT_MS = 100;

/**
 * What is to be reached before anything is started.
 * @throws DrainCheckError `database-unreachable` or `sink-failed`
 */
export async function assertBackends(plan: Plan, recorder: LifeRecorder): Promise<void> {
  const { databases, telemetry } = backendsOf(plan);
  if (databases.length > 0) {
    const { assertReachable } = await import('../backends/database-proxy.js');
    await Promise.all(databases.map(assertReachable));
  }
  if (telemetry !== null) await (await Telemetry.open(plan, recorder, await newMarks())).close();
}

/** What stands behind the target in one life: proxies, sinks, and a reader of what it prints. */
export class LifeBackends {
  #closed = false;

  private constructor(
    private readonly recorder: LifeRecorder,
    private readonly proxies: readonly DatabaseProxy[],
    private readonly telemetry: Telemetry | null,
    /** null: nobody reads what it prints. */
    readonly lines: OutputLines | null,
    /** Marks requests so that they are known again; null: nobody looks for them. */
    readonly marks: Marks | null,
    /** What the target has to be told. */
    readonly env: Readonly<Record<string, string>>,
    /** The jobs of a queue worker; null: nothing is said of jobs. */
    readonly ledger: JobLedger | null,
    readonly sights: WorkerSights | null,
    /** Aborted, with the error as the reason, when a queue that was asked does not answer any more. */
    readonly failed: AbortSignal,
  ) {}

  /** @throws DrainCheckError `sink-failed` */
  static async open({ plan, numbering }: RunContext, recorder: LifeRecorder): Promise<LifeBackends> {
    const { databases, telemetry: wanted, logs, jobs } = backendsOf(plan);
    const marks = wanted !== null || logs !== null ? await newMarks() : null;
    const proxies: DatabaseProxy[] = [];
    const env: Record<string, string> = {};
    let telemetry: Telemetry | null = null;
    let sights: WorkerSights | null = null;
    const failed = new AbortController();
    try {
      if (databases.length > 0) {
        const { DatabaseProxy: proxy } = await import('../backends/database-proxy.js');
        for (const database of databases) {
          const one = await proxy.open(database, recorder, () => numbering.next());
          proxies.push(one);
          env[database.variable] = atPlace(database.url, '127.0.0.1', one.port);
        }
      }
      if (wanted !== null && marks !== null) {
        telemetry = await Telemetry.open(plan, recorder, marks);
        Object.assign(env, telemetry.env);
      }
      const reads = logs !== null || jobs !== null || plan.worker !== undefined;
      const output = reads ? await import('../backends/output-watch.js') : null;
      const lines = output === null ? null : new output.OutputLines();
      if (output !== null && logs !== null && marks !== null)
        lines?.watch(output.watchForMarks(marks, logs.line, recorder));
      const jobsOfWorker = plan.worker?.jobs ?? null;
      const ledger = jobsOfWorker === null ? null : new JobLedger(recorder);
      if (jobsOfWorker !== null && ledger !== null) {
        const { WorkerSights: opened } = await import('../backends/worker-sights.js');
        // Before the target is started: what is in the queue's answers by now is not of this life.
        sights = await opened.open(jobsOfWorker, lines, recorder, ledger, (error) => failed.abort(error));
      }
      return new LifeBackends(recorder, proxies, telemetry, lines, marks, env, ledger, sights, failed.signal);
    } catch (error) {
      await sights?.close();
      for (const proxy of proxies) proxy.close();
      await telemetry?.close();
      throw error;
    }
  }

  /** What the target is to be started with. */
  startOptions(): Pick<StartOptions, 'env' | 'onOutput'> {
    const { lines, env } = this;
    return { env, ...(lines === null ? {} : { onOutput: (stream, text) => lines.push(stream, text) }) };
  }

  /** The databases are gone for the target. */
  cut(): void {
    for (const proxy of this.proxies) proxy.cut();
  }

  /** Says how the output ends just now. */
  noteOutput(when: 'before' | 'end'): void {
    if (this.lines !== null && this.marks !== null)
      this.recorder.record({ type: 'output-state', when, ...this.lines.state() });
  }

  /** Ends all of it; what is still open of the target ends with it. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.lines !== null) {
      await new Promise((resolve) => setTimeout(resolve, LAST_OUTPUT_MS));
      this.noteOutput('end');
    }
    for (const proxy of this.proxies) proxy.close();
    await this.sights?.close();
    await this.telemetry?.close();
  }
}

/** The sinks for telemetry, and the variables by which the target finds them. */
class Telemetry {
  private constructor(
    private readonly otlp: OtlpSink,
    private readonly statsd: StatsdSink,
  ) {}

  static async open(plan: Plan, recorder: LifeRecorder, marks: Marks): Promise<Telemetry> {
    const { telemetry } = backendsOf(plan);
    const [{ OtlpSink: otlp }, { StatsdSink: statsd }] = await Promise.all([
      import('../backends/otlp-sink.js'),
      import('../backends/statsd-sink.js'),
    ]);
    const first = await otlp.open(telemetry?.otlpPort ?? null, recorder, marks);
    try {
      return new Telemetry(first, await statsd.open(telemetry?.statsdPort ?? null, recorder));
    } catch (error) {
      await first.close();
      throw error;
    }
  }

  get env(): Record<string, string> {
    return {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${this.otlp.port}`,
      // Some SDKs speak gRPC unless they are told otherwise.
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      STATSD_HOST: '127.0.0.1',
      STATSD_PORT: String(this.statsd.port),
    };
  }

  async close(): Promise<void> {
    this.statsd.close();
    await this.otlp.close();
  }
}

async function newMarks(): Promise<Marks> {
  const { Marks: marks } = await import('../backends/marks.js');
  return new marks(randomBytes(8).toString('hex'));
}
