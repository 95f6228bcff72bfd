import { setTimeout as sleep } from 'node:timers/promises';
import type { ArmProof } from '../recording/events.js';
import type { Origin } from '../plan/origin.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { connectionTable, isRead, type ConnectionTable, type ServerSide } from '../target/connection-table.js';
import type { HeldWork } from '../traffic/held-work.js';

const POLL_MS = 3;
/** Without any progress for so long, the rest is taken to be waiting in the target's queue. */
const NO_PROGRESS_MS = 1000;
/** Where the kernel does not tell, a request is given this long to reach the application. */
export const BLIND_WAIT_MS = 200;

/**
 * Waits until the target has taken and read everything that is held, and labels each with its proof, or with the
 * reason why there is none. What was answered meanwhile is not in flight.
 * @param slowIsCalibrated the slow requests were measured and take longer than the blind wait
 */
export async function arm(
  held: readonly HeldWork[],
  origin: Origin,
  slowIsCalibrated: boolean,
  recorder: LifeRecorder,
  abort: AbortSignal,
): Promise<void> {
  const armed = new Set<HeldWork>();
  let progressAt = performance.now();
  for (;;) {
    abort.throwIfAborted();
    const table = await connectionTable(origin);
    if (table === null) await sleep(BLIND_WAIT_MS, undefined, { signal: abort });
    for (const work of held) {
      const proof = armed.has(work) || work.over() ? null : proofOf(work, table, slowIsCalibrated);
      if (proof === null) continue;
      armed.add(work);
      progressAt = performance.now();
      recorder.record({ type: 'exchange-armed', exchange: work.exchange, proof });
    }
    const waiting = held.filter((work) => !armed.has(work) && !work.over());
    if (waiting.length === 0 || performance.now() - progressAt > NO_PROGRESS_MS) {
      for (const work of waiting)
        recorder.record({ type: 'exchange-not-armed', exchange: work.exchange, reason: whyNot(work, table) });
      recorder.record({ type: 'armed', armed: [...armed].filter((work) => !work.over()).length, opened: held.length });
      return;
    }
    await sleep(POLL_MS, undefined, { signal: abort });
  }
}

/** What proves that the target has it; null when nothing does yet. */
export function proofOf(work: HeldWork, table: ConnectionTable | null, slowIsCalibrated: boolean): ArmProof | null {
  if (work.hasHead()) return work.headProof;
  if (!work.isSent()) return null;
  // Silence proves something only where it was measured before that silence means work.
  if (table === null) return work.upload ? 'held-upload' : slowIsCalibrated ? 'calibrated' : null;
  return sidesOf(work, table).every(isRead) ? 'accepted-and-read' : null;
}

/** Its own connection, or where it is not known which that is, every one. Never empty: what is missing is undefined. */
function sidesOf(work: HeldWork, table: ConnectionTable): (ServerSide | undefined)[] {
  const { localPort } = work.connection.socket;
  return localPort === 0 && table.size > 0 ? [...table.values()] : [table.get(localPort)];
}

function whyNot(work: HeldWork, table: ConnectionTable | null): string {
  const side = table?.get(work.connection.socket.localPort);
  if (side === undefined) return 'the system does not show its connection';
  return side.accepted ? 'the target has not read it' : 'the target has not accepted its connection';
}
