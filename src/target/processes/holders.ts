import type { ProcessRow, ProcessTable } from './table.js';

/** Who listens on a port, whoever it is. Null when nobody does; empty when the holder cannot be seen. */
export async function portHolders(table: ProcessTable, port: number): Promise<ProcessRow[] | null> {
  const everybody = await table.list();
  const { rows } = await table.listeners(everybody.map((row) => row.pid));
  const held = rows.filter((row) => row.port === port);
  if (held.length === 0) return null;
  const pids = new Set(held.flatMap((row) => row.pids));
  return everybody.filter((row) => pids.has(row.pid));
}
