import type { ProcessRow, ProcessTable } from './table.js';

/** Who listens on a port, whoever it is. Null when nobody does; empty when the holder cannot be seen. */
export async function portHolders(table: ProcessTable, port: number, procNet?: string): Promise<ProcessRow[] | null> {
  // Nobody is the usual answer, and it costs one small read.
  const { rows: listening } = await table.listeners([], procNet);
  if (!listening.some((row) => row.port === port)) return null;
  const everybody = await table.list();
  const { rows } = await table.listeners(
    everybody.map((row) => row.pid),
    procNet,
  );
  const pids = new Set(rows.filter((row) => row.port === port).flatMap((row) => row.pids));
  return everybody.filter((row) => pids.has(row.pid));
}
