import { readFile } from 'node:fs/promises';
import type { Origin } from '../plan/origin.js';

/**
 * How many connections the kernel has turned away since it started because a listener's queue was full, in the target's
 * network namespace; null where it does not tell.
 * @see https://docs.kernel.org/networking/snmp_counter.html (TcpExtListenOverflows)
 */
export async function listenOverflows({ procNet = '/proc/net', remote }: Origin): Promise<number | null> {
  if (remote !== undefined) return null;
  const text = await readFile(`${procNet}/netstat`, 'latin1').catch(() => '');
  return parseListenOverflows(text);
}

/** /proc/net/netstat: a line of names and a line of numbers for each group. */
export function parseListenOverflows(text: string): number | null {
  const [names, numbers] = text
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.trim().split(/\s+/));
  const value = numbers?.[names?.indexOf('ListenOverflows') ?? -1];
  return value === undefined ? null : Number(value);
}
