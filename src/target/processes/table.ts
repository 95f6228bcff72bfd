/** One process of the machine. */
export interface ProcessRow {
  pid: number;
  ppid: number;
  pgid: number;
  /** When it was started, in a unit of the system's own: pid and this together name a process for ever. */
  startedAt: string;
  zombie: boolean;
  command: string;
}

/** One listening TCP socket. */
export interface ListenRow {
  /** As a program would write it: `127.0.0.1`, `::`, `::1`. */
  address: string;
  port: number;
  /** Which processes have it open, as far as it can be seen. */
  pids: number[];
}

/** What the operating system tells about processes and their sockets. */
export interface ProcessTable {
  /** Every process that can be seen. */
  list: () => Promise<ProcessRow[]>;
  /** Pids that carry the mark of a life, a UUID: in their environment or their limits. Empty where neither can be read. */
  marked: (marker: string) => Promise<number[]>;
  /**
   * Listening sockets, with their owners among `pids`. Sockets of others come with an empty list of owners.
   * `denied` names the pids that could not be looked into. `procNet` is the directory of another network namespace.
   */
  listeners: (pids: readonly number[], procNet?: string) => Promise<{ rows: ListenRow[]; denied: number[] }>;
  /** Which processes have a listening Unix socket of that path open; null when nobody listens on it. */
  unixListeners: (path: string) => Promise<number[] | null>;
}

/** The process and all its descendants among the rows, zombies left out. */
export function descendants(rows: readonly ProcessRow[], roots: readonly number[]): ProcessRow[] {
  const found = new Map<number, ProcessRow>();
  const wanted = new Set(roots);
  // Each pass finds one more generation; a parent may stand after its child in the list.
  for (let grown = true; grown;) {
    grown = false;
    for (const row of rows) {
      if (found.has(row.pid) || !(wanted.has(row.pid) || wanted.has(row.ppid))) continue;
      found.set(row.pid, row);
      wanted.add(row.pid);
      grown = true;
    }
  }
  return [...found.values()].filter((row) => !row.zombie);
}
