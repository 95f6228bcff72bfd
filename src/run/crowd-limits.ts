import { readFileSync } from 'node:fs';
import { DrainCheckError } from '../errors.js';
import type { LoadPlan } from '../plan/types.js';
import type { Origin } from '../plan/origin.js';
import { filesToSpare } from '../target/open-files.js';

/** What a process opens beside our connections: its log, its database, what it reads while it answers. */
const MARGIN = 64;

/**
 * Makes sure that this process may open so many connections, before anything is started.
 * @throws DrainCheckError `usage`
 */
export function assertOwnLimit(load: LoadPlan): void {
  const wanted = total(load) + MARGIN;
  const own = filesToSpare('self');
  if (own === null || own.spare >= wanted) return;
  throw new DrainCheckError(
    'usage',
    `--load opens ${total(load)} connections, and this process may have ${own.limit} files open (RLIMIT_NOFILE).`,
    `Raise the limit with \`ulimit -n ${own.limit - own.spare + wanted}\` (as root beyond the hard limit, \`ulimit -Hn\`), or open fewer: --load websockets=${Math.max(1, own.spare - MARGIN)}.`,
  );
}

/**
 * Why this target cannot be given so many connections, which says nothing about how it ends; null when it can.
 * @param owners the processes that listen; each takes a share
 */
export function whyTooMany(load: LoadPlan, origin: Origin, owners: readonly number[]): string | null {
  const wanted = total(load);
  const limits = owners.map(filesToSpare).filter((one) => one !== null);
  const spare = limits.reduce((sum, one) => sum + one.spare, 0);
  if (limits.length > 0 && limits.length === owners.length && spare < wanted + MARGIN)
    return `the target may have ${limits[0]?.limit ?? 0} files open (RLIMIT_NOFILE), too few for ${wanted} connections; it is started with the limit of your shell, so raise it there with \`ulimit -n ${wanted + 1024}\`, or open fewer`;
  const ports = portsOf(origin);
  if (ports !== null && ports < wanted)
    return `${wanted} connections need as many ports, and to ${origin.host} this machine has ${ports}; open fewer, or have the target listen on 127.0.0.1`;
  return null;
}

/** The ports from which one address can be connected to; null where there are more addresses, or it cannot be told. */
function portsOf({ host, socketPath }: Origin): number | null {
  if (socketPath !== undefined || /^127\./.test(host)) return null;
  try {
    const [from = 0, to = 0] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'latin1')
      .trim()
      .split(/\s+/)
      .map(Number);
    return to - from + 1;
  } catch {
    return null;
  }
}

function total({ requests, websockets, idle }: LoadPlan): number {
  return requests + websockets + idle;
}
