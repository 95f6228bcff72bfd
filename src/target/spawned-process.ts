import type { ListenerDescription, ProcessDescription } from '../recording/events.js';
import type { OutputRing } from './output-ring.js';
import type { ProcessRow, ProcessTable } from './processes/table.js';
import type { ProcessTracker } from './processes/tracker.js';
import type { ExitStatus, FoundListeners, RunningTarget } from './target.js';

const KILL_TIMEOUT_MS = 5000;

interface Parts {
  pid: number;
  port: number;
  exited: Promise<ExitStatus>;
  table: ProcessTable;
  tracker: ProcessTracker;
  output: OutputRing;
  signal: (signal: NodeJS.Signals) => boolean;
}

/** One life of a command. */
export class SpawnedProcess implements RunningTarget {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<ExitStatus>;
  readonly #parts: Parts;
  #gone = false;

  constructor(parts: Parts) {
    this.pid = parts.pid;
    this.port = parts.port;
    this.exited = parts.exited;
    this.#parts = parts;
    void parts.exited.then(() => (this.#gone = true));
  }

  hasExited(): boolean {
    return this.#gone;
  }

  signal(signal: NodeJS.Signals): boolean {
    return !this.#gone && this.#parts.signal(signal);
  }

  async processes(thorough: boolean): Promise<ProcessDescription[]> {
    return (await this.#parts.tracker.scan(thorough)).map(describe);
  }

  async listeners(): Promise<FoundListeners> {
    const own = await this.#parts.tracker.scan(true);
    const { rows, denied } = await this.#parts.table.listeners(own.map((row) => row.pid));
    const commands = new Map(own.map((row) => [row.pid, row.command]));
    const listeners: ListenerDescription[] = rows.flatMap((row) =>
      row.pids.map((pid) => ({ pid, command: commands.get(pid) ?? '', address: row.address, port: row.port, verified: true })),
    );
    const strange = rows.some((row) => row.port === this.port && row.pids.length === 0);
    return { listeners, denied, strangers: strange ? await this.#owners(this.port) : [] };
  }

  async portHolders(port: number): Promise<ProcessDescription[] | null> {
    const { rows } = await this.#parts.table.listeners([]);
    return rows.some((row) => row.port === port) ? this.#owners(port) : null;
  }

  destroy(): Promise<number[]> {
    return this.#parts.tracker.killAll(KILL_TIMEOUT_MS);
  }

  lastOutput(): string {
    return this.#parts.output.lastLines(10);
  }

  /** Whoever listens on a port, ours or not, as far as it can be seen. */
  async #owners(port: number): Promise<ProcessDescription[]> {
    const everybody = await this.#parts.table.list();
    const { rows } = await this.#parts.table.listeners(everybody.map((row) => row.pid));
    const pids = new Set(rows.filter((row) => row.port === port).flatMap((row) => row.pids));
    return everybody.filter((row) => pids.has(row.pid)).map(describe);
  }
}

function describe(row: ProcessRow): ProcessDescription {
  return { pid: row.pid, ppid: row.ppid, command: row.command };
}
