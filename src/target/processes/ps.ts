import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ListenRow, ProcessRow, ProcessTable } from './table.js';

const run = promisify(execFile);

/** Systems without /proc (macOS, BSD): ps and lsof, which both have. Environments of others cannot be read there. */
export const psTable: ProcessTable = {
  list: async () => parsePs(await output('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart=,command='])),
  marked: () => Promise.resolve([]),
  listeners: async (owners) => {
    const rows = parseLsof(await output('lsof', ['-nP', '-iTCP', '-sTCP:LISTEN', '-Fpn']));
    return { rows: rows.map((row) => ({ ...row, pids: row.pids.filter((pid) => owners.includes(pid)) })), denied: [] };
  },
  unixListeners: async (path) => {
    const pids = parseLsofNames(await output('lsof', ['-U', '-Fpn']), path);
    return pids.length === 0 ? null : pids;
  },
};

/** lsof exits 1 when it finds nothing; what it printed still counts. */
async function output(command: string, args: string[]): Promise<string> {
  try {
    return (await run(command, args, { maxBuffer: 16 * 1024 * 1024, env: { ...process.env, LC_ALL: 'C' } })).stdout;
  } catch (error) {
    const { stdout } = error as { stdout?: unknown };
    return typeof stdout === 'string' ? stdout : '';
  }
}

/** `lstart` is five words: `Sat Nov 21 10:00:00 2026`. */
export function parsePs(text: string): ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d+)\s+(.*)$/.exec(line);
    if (match === null) return [];
    const [, pid, ppid, pgid, stat = '', startedAt = '', command = ''] = match;
    return [
      {
        pid: Number(pid),
        ppid: Number(ppid),
        pgid: Number(pgid),
        startedAt,
        zombie: stat.startsWith('Z'),
        command: command.slice(0, 300),
      },
    ];
  });
}

/** The field output of `lsof -Fpn`: a `p` line for each process, then an `n` line for each of its sockets. */
export function parseLsof(text: string): ListenRow[] {
  const rows = new Map<string, ListenRow>();
  let pid = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    const match = /^n(.*):(\d+)$/.exec(line);
    if (match === null) continue;
    const address = (match[1] ?? '').replace(/^\[|\]$/g, '').replace(/^\*$/, '::');
    const row = rows.get(`${address} ${match[2]}`) ?? { address, port: Number(match[2]), pids: [] };
    if (!row.pids.includes(pid)) row.pids.push(pid);
    rows.set(`${address} ${match[2]}`, row);
  }
  return [...rows.values()];
}

/** The pids in the field output of `lsof -Fpn` that have a file of that name open. */
export function parseLsofNames(text: string, name: string): number[] {
  const pids = new Set<number>();
  let pid = 0;
  for (const line of text.split('\n')) {
    if (line.startsWith('p')) pid = Number(line.slice(1));
    else if (line === `n${name}`) pids.add(pid);
  }
  return [...pids];
}
