import { readdirSync, readFileSync } from 'node:fs';

/** How many more files a process may open; null where that cannot be seen. */
export function filesToSpare(pid: number | 'self'): { limit: number; spare: number } | null {
  try {
    const limit = fileLimit(pid);
    return limit === null ? null : { limit, spare: limit - readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return null;
  }
}

/** How many files a process may open, its soft limit; null where that cannot be seen. */
export function fileLimit(pid: number | 'self'): number | null {
  try {
    const text = readFileSync(`/proc/${pid}/limits`, 'latin1');
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(text)?.[1];
    if (soft === undefined) return null;
    return soft === 'unlimited' ? Infinity : Number(soft);
  } catch {
    return null;
  }
}
