import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import { redactText } from '../plan/redact.js';
import type { ProcessTarget } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { OutputRing } from './output-ring.js';
import { systemProcessTable } from './processes/index.js';
import type { ProcessRow } from './processes/table.js';
import { ProcessTracker } from './processes/tracker.js';
import { shellCommand } from './stop-command.js';
import type { ExitStatus, RunningTarget, Target } from './target.js';
import { TrackedProcess } from './tracked-process.js';

/** How often it is asked whether the process is there; its exact time of death is the exit watcher's affair. */
const ALIVE_POLL_MS = 25;
const INIT = 1;

/** A process that somebody else started. It has one life, and nothing happens to it before it is signalled. */
export class AttachedTarget implements Target {
  readonly kind = 'process';
  readonly name: string;
  readonly restarts = false;
  readonly stopSignal = null;
  stranger: string | null = null;
  readonly #table = systemProcessTable();
  #row: ProcessRow | null = null;
  #closed = false;

  constructor(private readonly plan: ProcessTarget) {
    this.name = `pid ${plan.pid}`;
  }

  async prepare(): Promise<void> {
    const { pid, stop } = this.plan;
    const rows = await this.#table.list();
    refuseOurOwn(pid, rows);
    const row = rows.find((one) => one.pid === pid);
    if (row === undefined || row.zombie)
      throw new DrainCheckError(
        'no-such-target',
        row === undefined ? `There is no process ${pid}.` : `Process ${pid} has ended and waits for its parent only.`,
        'See `pgrep -af <name>` for the pid of the one you mean; it changes with every start.',
      );
    if (stop === null && !mayBeSignalled(pid))
      throw new DrainCheckError(
        'not-to-be-ended',
        `Process ${pid} (${redactText(row.command)}) belongs to another user, who alone may signal it.`,
        'Run drain-check as that user or as root, or say with --stop how it is stopped.',
      );
    this.#row = row;
    this.stranger = `process ${pid} (${redactText(row.command)})`;
  }

  start(recorder: LifeRecorder): Promise<RunningTarget> {
    const row = this.#row;
    if (row === null) throw new Error('a process is prepared before it is taken');
    const tracker = new ProcessTracker(this.#table, null);
    tracker.add(row);
    recorder.record({ type: 'target-found', kind: 'process', pid: row.pid, name: redactText(row.command) });
    const { stop } = this.plan;
    return Promise.resolve(
      new TrackedProcess({
        pid: row.pid,
        port: 0,
        exited: this.#untilGone(tracker, row.pid),
        table: this.#table,
        tracker,
        // What it prints goes to whoever started it.
        output: new OutputRing(),
        goodbye: () => (stop === null ? { by: 'signal' } : { by: 'command', command: shellCommand(stop) }),
        destroy: () => Promise.resolve(),
      }),
    );
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Its exit status is told to its parent alone. */
  async #untilGone(tracker: ProcessTracker, pid: number): Promise<ExitStatus> {
    while (!this.#closed) {
      const before = performance.now();
      if (!(await tracker.scan(false)).some((row) => row.pid === pid)) break;
      // Where looking is dear it is done less often. It must not keep us running.
      await sleep(Math.max(ALIVE_POLL_MS, 10 * (performance.now() - before)), undefined, { ref: false });
    }
    return { code: null, signal: null };
  }
}

/** Init takes the machine with it; we and what we run in would not live to tell. */
function refuseOurOwn(pid: number, rows: readonly ProcessRow[]): void {
  const parents = new Map(rows.map((row) => [row.pid, row.ppid]));
  const own = new Set<number>();
  for (let one: number | undefined = process.pid; one !== undefined && !own.has(one); one = parents.get(one))
    own.add(one);
  if (pid !== INIT && !own.has(pid)) return;
  const who =
    pid === INIT
      ? 'init, which everything else hangs on'
      : pid === process.pid
        ? 'drain-check itself'
        : 'what drain-check runs in';
  throw new DrainCheckError(
    'not-to-be-ended',
    `Process ${pid} is ${who}, and is not ended.`,
    'Give the pid of the service, as `pgrep -af <name>` shows it.',
  );
}

function mayBeSignalled(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
