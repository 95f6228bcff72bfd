import { readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { fileLimit } from './open-files.js';

/**
 * Node raises its own soft limit of open files to the hard one, and children inherit that, which would hide the limit
 * the target meets in production. The limit we were given is still to be seen at the nearest ancestor that is not
 * Node (npx puts a Node and a shell in between, so the chain is followed past the last Node).
 * @returns the soft limit to start the target with, or null when there is nothing to restore or no way to know
 */
export function inheritedFileLimit(): number | null {
  const own = fileLimit(process.pid);
  let beyond: number | null = null;
  for (let pid = process.ppid, depth = 0; pid > 0 && depth < 32; depth++) {
    const parent = parentOf(pid);
    if (isNode(pid)) beyond = null;
    else beyond ??= pid;
    if (parent === null || parent === pid) break;
    pid = parent;
  }
  const given = beyond === null ? null : fileLimit(beyond);
  return given === null || own === null || given >= own ? null : given;
}

function parentOf(pid: number): number | null {
  const match = /^PPid:\s+(\d+)/m.exec(tryRead(`/proc/${pid}/status`));
  return match === null ? null : Number(match[1]);
}

function isNode(pid: number): boolean {
  try {
    return /^node/.test(path.basename(readlinkSync(`/proc/${pid}/exe`)));
  } catch {
    return false;
  }
}

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
