import { readdirSync, readFileSync } from 'node:fs';

/** How many more files a process may open; null where that cannot be seen. */
export function filesToSpare(pid: number | 'self'): { limit: number; spare: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/limits`, 'latin1');
    const soft = /^Max open files\s+(\d+|unlimited)/m.exec(text)?.[1];
    if (soft === undefined) return null;
    const limit = soft === 'unlimited' ? Infinity : Number(soft);
    return { limit, spare: limit - readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return null;
  }
}
