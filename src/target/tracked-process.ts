import { redactText } from '../plan/redact.js';
import type { ListenerDescription, ProcessDescription } from '../recording/events.js';
import type { InsideRun } from './inside.js';
import type { OutputRing } from './output-ring.js';
import { portHolders } from './processes/holders.js';
import type { ProcessRow, ProcessTable } from './processes/table.js';
import type { ProcessTracker } from './processes/tracker.js';
import type { ExitStatus, FoundListeners, Goodbye, RunningTarget } from './target.js';

const KILL_TIMEOUT_MS = 5000;
/** The list of sockets may be the same and their owners others: a child may have inherited one. */
const LOOK_AGAIN_MS = 100;

/** What the kinds of target have different of their own. */
interface Parts {
  pid: number;
  port: number;
  procNet?: string;
  address?: string | null;
  exited: Promise<ExitStatus>;
  table: ProcessTable;
  tracker: ProcessTracker;
  output: OutputRing;
  goodbye?: (signal: string) => Goodbye;
  inside?: (command: readonly string[]) => InsideRun;
  /** What kills it, where signals of ours may not be enough. */
  kill?: () => Promise<number[]>;
  /** What ends it when nobody wants it any more. */
  destroy: () => Promise<void>;
}

/** A target whose processes can be seen: its first one, and all that descend from it. */
export class TrackedProcess implements RunningTarget {
  readonly pid: number;
  readonly port: number;
  readonly procNet: string;
  readonly address: string | null;
  readonly exited: Promise<ExitStatus>;
  readonly inside: ((command: readonly string[]) => InsideRun) | null;
  readonly #parts: Parts;
  #gone = false;
  #lastLook: { key: string; at: number; found: FoundListeners } | null = null;

  constructor(parts: Parts) {
    this.pid = parts.pid;
    this.port = parts.port;
    this.procNet = parts.procNet ?? '/proc/net';
    this.address = parts.address ?? null;
    this.exited = parts.exited;
    this.inside = parts.inside ?? null;
    this.#parts = parts;
    void parts.exited.then(() => (this.#gone = true));
  }

  hasExited(): boolean {
    return this.#gone;
  }

  async processes(thorough: boolean): Promise<ProcessDescription[]> {
    return (await this.#parts.tracker.scan(thorough)).map(describe);
  }

  async listeners(): Promise<FoundListeners> {
    // Whose a socket is takes a look at every process; that there is a new one takes a look at one short list.
    const { rows: listening } = await this.#parts.table.listeners([], this.procNet);
    const key = listening.map((row) => `${row.address} ${row.port}`).join();
    const last = this.#lastLook;
    if (last?.key === key && performance.now() - last.at < LOOK_AGAIN_MS) return last.found;
    const found = await this.#lookForListeners();
    this.#lastLook = { key, at: performance.now(), found };
    return found;
  }

  async #lookForListeners(): Promise<FoundListeners> {
    const own = await this.#parts.tracker.scan(true);
    const { rows, denied } = await this.#parts.table.listeners(
      own.map((row) => row.pid),
      this.procNet,
    );
    const commands = new Map(own.map((row) => [row.pid, redactText(row.command)]));
    const listeners: ListenerDescription[] = rows.flatMap((row) =>
      row.pids.map((pid) => ({
        pid,
        command: commands.get(pid) ?? '',
        address: row.address,
        port: row.port,
        verified: true,
      })),
    );
    const strange = rows.some((row) => row.port === this.port && row.pids.length === 0);
    return { listeners, denied, strangers: strange ? await this.#strangers() : [] };
  }

  /** Who holds our port and is not ours. Looked at again, since a child may have been born while we looked. */
  async #strangers(): Promise<ProcessDescription[]> {
    const holders = (await portHolders(this.#parts.table, this.port, this.procNet)) ?? [];
    const own = new Set((await this.#parts.tracker.scan(true)).map((row) => row.pid));
    return holders.filter((holder) => !own.has(holder.pid)).map(describe);
  }

  async unixListeners(path: string): Promise<Pick<FoundListeners, 'listeners' | 'strangers'> | null> {
    const pids = await this.#parts.table.unixListeners(path);
    if (pids === null) return null;
    const own = await this.#parts.tracker.scan(true);
    const listeners = own
      .filter((row) => pids.includes(row.pid))
      .map((row) => ({ pid: row.pid, command: redactText(row.command), address: path, port: 0, verified: true }));
    const others = (await this.#parts.table.list()).filter(
      (row) => pids.includes(row.pid) && !own.some((one) => one.pid === row.pid),
    );
    return { listeners, strangers: others.map(describe) };
  }

  async portHolders(port: number): Promise<ProcessDescription[] | null> {
    return (await portHolders(this.#parts.table, port, this.procNet))?.map(describe) ?? null;
  }

  goodbye(signal: string): Goodbye {
    return this.#parts.goodbye?.(signal) ?? { by: 'signal' };
  }

  kill(): Promise<number[]> {
    return this.#parts.kill?.() ?? this.#parts.tracker.killAll(KILL_TIMEOUT_MS);
  }

  destroy(): Promise<void> {
    return this.#parts.destroy();
  }

  lastOutput(): string {
    return this.#parts.output.lastLines(10);
  }
}

function describe(row: ProcessRow): ProcessDescription {
  return { pid: row.pid, ppid: row.ppid, command: redactText(row.command) };
}
