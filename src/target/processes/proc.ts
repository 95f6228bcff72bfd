import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { carriesLimit } from '../limit-mark.js';
import type { ListenRow, ProcessRow, ProcessTable } from './table.js';
import { parseListenRows, parseUnixListeners } from './proc-net.js';

/**
 * Linux: everything from /proc. Reading is synchronous on purpose, as one row takes microseconds and a snapshot
 * torn over many turns of the event loop would show parents without their children.
 */
export const procTable: ProcessTable = {
  list: () => Promise.resolve(pids().flatMap((pid) => readRow(pid) ?? [])),
  marked: (marker) => Promise.resolve(pids().filter((pid) => isMarked(pid, marker))),
  listeners: (owners, procNet = '/proc/net') => {
    // The sockets first: one that is opened between the two readings must not be seen without its owner.
    const tables = ['tcp', 'tcp6'].map((file) => tryRead(`${procNet}/${file}`) ?? '');
    const denied: number[] = [];
    const byInode = new Map<string, number[]>();
    for (const pid of owners) {
      const inodes = socketInodes(pid);
      if (inodes === 'denied') denied.push(pid);
      else for (const inode of new Set(inodes)) byInode.set(inode, [...(byInode.get(inode) ?? []), pid]);
    }
    const rows: ListenRow[] = tables.flatMap(parseListenRows).map((row) => ({
      address: row.address,
      port: row.port,
      pids: byInode.get(row.inode) ?? [],
    }));
    return Promise.resolve({ rows, denied });
  },
  unixListeners: (path) => {
    const inodes = new Set(parseUnixListeners(tryRead('/proc/net/unix') ?? '', path));
    if (inodes.size === 0) return Promise.resolve(null);
    const owns = (pid: number) => {
      const own = socketInodes(pid);
      return own !== 'denied' && own.some((inode) => inodes.has(inode));
    };
    return Promise.resolve(pids().filter(owns));
  },
};

/** Its environment holds the mark, or its limits do: an environment can be cleared. */
function isMarked(pid: number, marker: string): boolean {
  if (tryRead(`/proc/${pid}/environ`)?.includes(marker) === true) return true;
  return carriesLimit(tryRead(`/proc/${pid}/limits`) ?? '', marker);
}

function pids(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function readRow(pid: number): ProcessRow | null {
  const stat = tryRead(`/proc/${pid}/stat`);
  return stat === null ? null : parseStat(stat, () => commandLine(pid));
}

/**
 * One line of /proc/<pid>/stat. The name in parentheses is chosen by the process and may hold anything, also
 * parentheses and spaces, so the fields are counted from the last one.
 * @see proc_pid_stat(5)
 */
export function parseStat(stat: string, command: () => string): ProcessRow | null {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  const pid = Number(stat.slice(0, open));
  const fields = stat.slice(close + 2).split(' ');
  const [state = '', ppid, pgid] = fields;
  const startedAt = fields[19];
  if (open < 1 || close < open || !Number.isInteger(pid) || startedAt === undefined) return null;
  return {
    pid,
    ppid: Number(ppid),
    pgid: Number(pgid),
    startedAt,
    zombie: state === 'Z' || state === 'X',
    command: command() || `[${stat.slice(open + 1, close)}]`,
  };
}

function commandLine(pid: number): string {
  const text = tryRead(`/proc/${pid}/cmdline`) ?? '';
  return text.split('\0').join(' ').trim().slice(0, 300);
}

function socketInodes(pid: number): string[] | 'denied' {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const target = tryReadLink(`/proc/${pid}/fd/${fd}`);
      return target?.startsWith('socket:[') === true ? [target.slice(8, -1)] : [];
    });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'denied' : [];
  }
}

/** A process may be gone at any moment: what cannot be read is not there. */
function tryRead(file: string): string | null {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return null;
  }
}

function tryReadLink(file: string): string | null {
  try {
    return readlinkSync(file);
  } catch {
    return null;
  }
}
