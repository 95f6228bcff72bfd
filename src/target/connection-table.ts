import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** What the target's side of one connection looks like to the kernel. */
export interface ServerSide {
  /** A process has taken it from the listener's queue. */
  accepted: boolean;
  /** Bytes that have arrived and that no process has read. */
  unread: number;
}

/** The target's side of its connections, by the client's port. */
export type ConnectionTable = Map<number, ServerSide>;

const run = promisify(execFile);

export function hasConnectionTable(): boolean {
  return existsSync('/proc/net/tcp');
}

/**
 * A snapshot of the connections to a port, or null where the system does not tell. `ss` filters in the kernel;
 * /proc/net/tcp is read whole, which takes a second when a hundred thousand connections linger in TIME_WAIT.
 */
export async function connectionTable(port: number): Promise<ConnectionTable | null> {
  if (!hasConnectionTable()) return null;
  try {
    const { stdout } = await run('ss', ['-Htane', `sport = :${port}`], {
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, LC_ALL: 'C' },
    });
    return parseSs(stdout);
  } catch {
    const files = await Promise.all(
      ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'latin1').catch(() => '')),
    );
    return new Map(files.flatMap((text) => [...parseProcConnections(text, port)]));
  }
}

/** Rows of `ss -Htane`: state, unread, unsent, local, peer, then `ino:` which is 0 while nobody has accepted it. */
export function parseSs(text: string): ConnectionTable {
  const table: ConnectionTable = new Map();
  for (const line of text.split('\n')) {
    const [state, unread, , , peer = '', ...rest] = line.trim().split(/\s+/);
    const inode = rest.find((field) => field.startsWith('ino:'));
    const client = Number(peer.slice(peer.lastIndexOf(':') + 1));
    if ((state !== 'ESTAB' && state !== 'CLOSE-WAIT') || !Number.isInteger(client) || inode === undefined) continue;
    table.set(client, { accepted: inode !== 'ino:0', unread: Number(unread) });
  }
  return table;
}

const ESTABLISHED_OR_CLOSE_WAIT = ['01', '08'];

/** The same from /proc/net/tcp: field 4 is `tx_queue:rx_queue`, field 9 the inode, 0 while nobody has accepted it. */
export function parseProcConnections(text: string, port: number): ConnectionTable {
  const table: ConnectionTable = new Map();
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local = '', remote = '', state = '', queues = ''] = fields;
    if (!local.endsWith(suffix) || !ESTABLISHED_OR_CLOSE_WAIT.includes(state)) continue;
    const client = Number.parseInt(remote.slice(remote.lastIndexOf(':') + 1), 16);
    table.set(client, {
      accepted: fields[9] !== '0',
      unread: Number.parseInt(queues.slice(queues.indexOf(':') + 1), 16),
    });
  }
  return table;
}
