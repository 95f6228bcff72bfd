import { existsSync } from 'node:fs';
import { procTable } from './proc.js';
import { psTable } from './ps.js';
import type { ProcessTable } from './table.js';

/** The process table of this system. */
export function systemProcessTable(): ProcessTable {
  return existsSync('/proc/self/stat') ? procTable : psTable;
}
