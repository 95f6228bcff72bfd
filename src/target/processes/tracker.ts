import { descendants, type ProcessRow, type ProcessTable } from './table.js';

/**
 * Follows the processes of one life: whoever was once seen as a descendant stays ours after its parent died, and
 * whoever carries the mark in its environment is ours even when it fled the tree. Pid and start time together name a
 * process, so that a pid that was given to somebody else is never touched.
 */
export class ProcessTracker {
  readonly #known = new Map<number, string>();
  /** Children of this process that were not looked at yet. */
  readonly #children = new Set<number>();

  constructor(
    private readonly table: ProcessTable,
    /** What its environment holds; null where it cannot be marked, so that only descent tells. */
    private readonly marker: string | null,
    private readonly onNew: (row: ProcessRow) => void = () => undefined,
  ) {}

  /** Counts a process as ours. */
  add(row: Pick<ProcessRow, 'pid' | 'startedAt'>): void {
    this.#known.set(row.pid, row.startedAt);
  }

  /**
   * Counts a child of this process as ours from the next look on, whatever its environment holds by then: nginx overwrites
   * its own, and may have done so before anybody looks for the mark.
   */
  addChild(pid: number): void {
    this.#children.add(pid);
  }

  /**
   * The processes of this life that are alive.
   * @param thorough also look for the mark, which costs a read of every environment
   */
  async scan(thorough: boolean): Promise<ProcessRow[]> {
    const [rows, marked] = await Promise.all([
      this.table.list(),
      thorough && this.marker !== null ? this.table.marked(this.marker) : [],
    ]);
    const byPid = new Map(rows.map((row) => [row.pid, row]));
    const roots = [...this.#known]
      .filter(([pid, startedAt]) => byPid.get(pid)?.startedAt === startedAt)
      .map(([pid]) => pid);
    const children = rows.filter(({ pid, ppid }) => ppid === process.pid && this.#children.has(pid));
    // A pid may be somebody else's the next time.
    this.#children.clear();
    roots.push(...children.map(({ pid }) => pid));
    const alive = descendants(rows, [...roots, ...marked.filter((pid) => byPid.has(pid) && pid !== process.pid)]);
    for (const row of alive) {
      if (this.#known.get(row.pid) === row.startedAt) continue;
      this.add(row);
      this.onNew(row);
    }
    return alive;
  }

  /**
   * Sends SIGKILL to all of them until none is left.
   * @param timeoutMs after which whatever cannot be killed is given up
   * @returns the pids that were sent the signal
   */
  async killAll(timeoutMs: number): Promise<number[]> {
    const killed = new Set<number>();
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const alive = await this.scan(true);
      if (alive.length === 0 || performance.now() > deadline) return [...killed];
      for (const { pid } of alive) {
        if (sendSignal(pid, 'SIGKILL')) killed.add(pid);
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

/** Sends a signal; false when there is no such process or it is not ours to signal. */
export function sendSignal(pid: number, signal: string): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
