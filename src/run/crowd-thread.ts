import { parentPort, workerData } from 'node:worker_threads';
import type { Origin } from '../plan/origin.js';
import { createClock } from '../recording/clock.js';
import type { ArmProof, CrowdColumns } from '../recording/events.js';
import { Crowd, type CrowdProgress } from '../traffic/lean/crowd.js';
import type { Member } from '../traffic/lean/member.js';
import type { NamedGroup } from './crowd-groups.js';

/**
 * The traffic worker: thousands of connections live and end here, so that neither the probes nor the main thread are late
 * because of them.
 */
export interface CrowdData {
  originNs: bigint;
  origin: Origin;
  groups: NamedGroup[];
  /** Of a plain question. */
  path: string;
}

export type CrowdOrder =
  | { do: 'open' }
  /**
   * Labels what the target has in its hands: `read` are the addresses and ports of connections that it has taken and read
   * all of; null: that cannot be seen, and `silence` is what silence proves.
   */
  | { do: 'arm'; read: string[] | null; silence: ArmProof | null }
  /** Lets go of what is withheld, spread over this time. Milliseconds. */
  | { do: 'release'; overMs: number }
  | { do: 'tell' }
  | { do: 'close' };

/** The columns of each group, without what the main thread knows. */
export type GroupColumns = Omit<CrowdColumns, 'first'>;

export type CrowdReport =
  | { progress: CrowdProgress }
  | { opened: { connections: number; shortfall: string | null; tookMs: number } }
  /** How many requests are not in the target's hands, as far as is known. */
  | { armed: { waiting: number; armed: number } }
  | { over: true }
  | { columns: GroupColumns[] };

const PROGRESS_MS = 100;
const RELEASE_STEP_MS = 10;
const LATENESS_STEP_MS = 10;

const { originNs, origin, groups, path } = workerData as CrowdData;
const clock = createClock(originNs);
// What crossed from another thread is no Buffer any more.
const own = groups.map((group) => ({
  ...group,
  opening: { ...group.opening, first: Buffer.from(group.opening.first), withheld: Buffer.from(group.opening.withheld) },
}));
const crowd = new Crowd(origin, own, path, () => clock.now());
let maxLateMs = 0;

function report(message: CrowdReport): void {
  parentPort?.postMessage(message);
}

setInterval(() => report({ progress: crowd.progress }), PROGRESS_MS).unref();

async function open(): Promise<void> {
  const begunAt = clock.now();
  await crowd.open();
  const connections = crowd.members.filter(({ connectedAt }) => connectedAt !== null).length;
  report({ opened: { connections, shortfall: crowd.shortfall, tookMs: round(clock.now() - begunAt) } });
  void crowd.done.then(() => report({ over: true }));
}

function arm({ read, silence }: Extract<CrowdOrder, { do: 'arm' }>): void {
  const known = read === null ? null : new Set(read);
  let waiting = 0;
  let armed = 0;
  for (const member of crowd.members) {
    if (member.ending !== null) continue;
    member.armed ??= proofOf(member, known, silence);
    if (member.armed !== null) armed += 1;
    else if (member.kind === 'request' && member.connectedAt !== null) waiting += 1;
  }
  report({ armed: { waiting, armed } });
}

function proofOf(member: Member, read: ReadonlySet<string> | null, silence: ArmProof | null): ArmProof | null {
  if (member.upgraded) return 'upgraded';
  if (member.headAt !== null) return 'first-byte';
  if (member.kind !== 'request' || member.connectedAt === null) return null;
  if (read === null) return silence;
  const { localAddress = '', localPort = 0 } = member.socket ?? {};
  return read.has(`${localAddress}:${localPort}`) ? 'accepted-and-read' : null;
}

/** In order, a few every ten milliseconds. From now on it counts how late this thread is. */
function release(overMs: number): void {
  const begunAt = clock.now();
  const withheld = crowd.members.filter(({ kind }) => kind === 'request');
  let released = 0;
  const step = setInterval(() => {
    const share = (clock.now() - begunAt) / Math.max(1, overMs);
    const due = Math.min(withheld.length, Math.ceil(withheld.length * share));
    for (const member of withheld.slice(released, due)) member.release();
    released = due;
    if (released >= withheld.length) clearInterval(step);
  }, RELEASE_STEP_MS);
  let expected = performance.now() + LATENESS_STEP_MS;
  setInterval(() => {
    maxLateMs = Math.max(maxLateMs, performance.now() - expected);
    expected = performance.now() + LATENESS_STEP_MS;
  }, LATENESS_STEP_MS).unref();
}

/** What became of all of them; what has not ended is ended by us. */
function tell(): void {
  crowd.close();
  let from = 0;
  const columns = own.map(({ name, method, path: asked, count }) => {
    const members = crowd.members.slice(from, from + count).filter((member) => member.socket !== null);
    from += count;
    return columnsOf(members, name, method, asked);
  });
  report({ columns });
}

function columnsOf(
  members: readonly Member[],
  kind: CrowdColumns['kind'],
  method: string,
  asked: string,
): GroupColumns {
  const now = clock.now();
  return {
    kind,
    method,
    path: asked,
    maxLateMs: round(maxLateMs),
    openedAt: members.map(({ openedAt }) => round(openedAt)),
    connectedAt: members.map(({ connectedAt }) => roundOrNull(connectedAt)),
    armed: members.map(({ armed }) => armed),
    headAt: members.map(({ headAt }) => roundOrNull(headAt)),
    endedAt: members.map(({ endedAt }) => round(endedAt ?? now)),
    ending: members.map(({ ending }) => ending ?? 'ended-by-tester'),
    status: members.map(({ status }) => status),
    bytes: members.map(({ bytes }) => bytes),
    socket: members.map(({ peer }) => peer),
    code: members.map(({ code }) => code),
  };
}

/** Microseconds are all that the clock is good for. */
function round(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function roundOrNull(ms: number | null): number | null {
  return ms === null ? null : round(ms);
}

parentPort?.on('message', (order: CrowdOrder) => {
  switch (order.do) {
    case 'open':
      void open();
      break;
    case 'arm':
      arm(order);
      break;
    case 'release':
      release(order.overMs);
      break;
    case 'tell':
      tell();
      break;
    case 'close':
      crowd.close();
      break;
  }
});
