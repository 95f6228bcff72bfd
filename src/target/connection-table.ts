import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Origin } from '../plan/origin.js';

/** What the target's side of one connection looks like to the kernel. */
export interface ServerSide {
  /** A process has taken it from the listener's queue. */
  accepted: boolean;
  /** Bytes that have arrived and that no process has read. */
  unread: number;
}

/** Whether a process of the target has taken the connection and read all that has come on it. */
export function isRead(side: ServerSide | undefined): boolean {
  return side?.accepted === true && side.unread === 0;
}

/** The target's side of its connections, by the client's port. */
export type ConnectionTable = Map<number, ServerSide>;

const run = promisify(execFile);
const OWN_NET = '/proc/net';

/** Unix sockets have no such table: the kernel tells nothing of what they have unread. Other machines tell nothing at all. */
export function hasConnectionTable({ socketPath, remote }: Origin): boolean {
  return socketPath === undefined && remote === undefined && existsSync('/proc/net/tcp');
}

/** Up to so many TCP sockets the whole of /proc/net/tcp is read sooner than a program is started that filters it. */
const FEW_SOCKETS = 3000;

/**
 * A snapshot of the connections to a port, or null where the system does not tell. /proc/net/tcp is read whole, which
 * takes a second when a hundred thousand connections linger in TIME_WAIT; then `ss` is asked, which filters in the kernel.
 */
export async function connectionTable(origin: Origin): Promise<ConnectionTable | null> {
  if (!hasConnectionTable(origin)) return null;
  const { port, procNet = OWN_NET } = origin;
  // ss shows our own namespace only.
  if (procNet === OWN_NET && (await socketCount()) > FEW_SOCKETS) {
    const table = await askSs(port);
    if (table !== null) return table;
  }
  const files = [`${procNet}/tcp`, `${procNet}/tcp6`].map((file) => readFile(file, 'latin1').catch(() => ''));
  return new Map((await Promise.all(files)).flatMap((text) => [...parseProcConnections(text, port)]));
}

/** All TCP sockets of this network namespace, those in TIME_WAIT included; many when it cannot be told. */
async function socketCount(): Promise<number> {
  const text = await readFile('/proc/net/sockstat', 'latin1').catch(() => '');
  const match = /^TCP: inuse (\d+) orphan \d+ tw (\d+)/m.exec(text);
  return match === null ? Infinity : Number(match[1]) + Number(match[2]);
}

async function askSs(port: number): Promise<ConnectionTable | null> {
  const text = await ss(port);
  return text === null ? null : parseSs(text);
}

async function ss(port: number): Promise<string | null> {
  try {
    const env = { ...process.env, LC_ALL: 'C' };
    return (await run('ss', ['-Htane', `sport = :${port}`], { maxBuffer: 64 * 1024 * 1024, env })).stdout;
  } catch {
    return null;
  }
}

/** Rows of `ss -Htane`: state, unread, unsent, local, peer, then `ino:` which is 0 while nobody has accepted it. */
export function parseSs(text: string): ConnectionTable {
  return byClientPort(ssRows(text));
}

function* ssRows(text: string): Generator<[peer: string, side: ServerSide]> {
  for (const line of text.split('\n')) {
    const [state, unread, , , peer = '', ...rest] = line.trim().split(/\s+/);
    const inode = rest.find((field) => field.startsWith('ino:'));
    if ((state !== 'ESTAB' && state !== 'CLOSE-WAIT') || inode === undefined) continue;
    yield [peer, { accepted: inode !== 'ino:0', unread: Number(unread) }];
  }
}

function byClientPort(rows: Iterable<[string, ServerSide]>): ConnectionTable {
  const table: ConnectionTable = new Map();
  for (const [peer, side] of rows) {
    const client = Number(peer.slice(peer.lastIndexOf(':') + 1));
    if (Number.isInteger(client)) table.set(client, side);
  }
  return table;
}

/**
 * The clients of whom a target has taken the connection and read all that came, as address and port: many may come from
 * several addresses, and share ports. Null where the system does not tell.
 */
export async function readPeers(origin: Origin): Promise<string[] | null> {
  if (!hasConnectionTable(origin)) return null;
  const { port, procNet = OWN_NET } = origin;
  const text = procNet === OWN_NET ? await ss(port) : null;
  const rows =
    text !== null
      ? [...ssRows(text)]
      : (
          await Promise.all(['tcp', 'tcp6'].map((file) => readFile(`${procNet}/${file}`, 'latin1').catch(() => '')))
        ).flatMap((table) => [...procRows(table, port)]);
  return rows.filter(([, side]) => isRead(side)).map(([peer]) => plainPeer(peer));
}

/** `[::ffff:127.0.0.1]:80` is 127.0.0.1:80, and `[::1]:80` what a socket calls ::1:80. */
function plainPeer(peer: string): string {
  return peer.replace(/^\[(?:::ffff:(?=\d+\.))?(.*)\](?=:\d+$)/, '$1');
}

const ESTABLISHED_OR_CLOSE_WAIT = ['01', '08'];

/** The same from /proc/net/tcp: field 4 is `tx_queue:rx_queue`, field 9 the inode, 0 while nobody has accepted it. */
export function parseProcConnections(text: string, port: number): ConnectionTable {
  return byClientPort(procRows(text, port));
}

function* procRows(text: string, port: number): Generator<[peer: string, side: ServerSide]> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local = '', remote = '', state = '', queues = ''] = fields;
    if (!local.endsWith(suffix) || !ESTABLISHED_OR_CLOSE_WAIT.includes(state)) continue;
    const [address = '', client = ''] = remote.split(':');
    yield [
      `${addressOf(address)}:${Number.parseInt(client, 16)}`,
      { accepted: fields[9] !== '0', unread: Number.parseInt(queues.slice(queues.indexOf(':') + 1), 16) },
    ];
  }
}

/** An address as /proc writes it: words of 32 bits, the bytes of each in the order of the machine (little-endian). */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  const last = bytes.slice(-4).join('.');
  if (bytes.length <= 4 || (bytes[10] === 255 && bytes[11] === 255)) return last;
  const words = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] ?? 0) * 256 + (bytes[2 * i + 1] ?? 0)).toString(16));
  // As Node writes it: the longest run of zeros is left out. What is not this machine's own address is not looked for.
  return words.join(':').replace(/^(?:0:)+/, '::');
}
