import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LifeRecorder } from '../recording/recorder.js';
import { ContainerEvents } from './container-events.js';
import { exitOf } from './container-exit.js';
import { seeContainer } from './container-process.js';
import { endStream, type Engine } from './engine.js';
import { OutputRing } from './output-ring.js';
import { captureOutput } from './output.js';
import type { ProcessRow, ProcessTable } from './processes/table.js';
import { ProcessTracker } from './processes/tracker.js';
import type { Goodbye, RunningTarget } from './target.js';
import { TrackedProcess } from './tracked-process.js';

const KILL_TIMEOUT_MS = 5000;
const POLL_MS = 20;
/** The conductor kills at the end of the grace period, so the engine must not do it before. Seconds. */
const STOP_AFTER_S = '86400';

/** A container of which a life is to be followed. */
export interface HeldContainer {
  engine: Engine;
  table: ProcessTable;
  id: string;
  /** How to call it in a sentence. */
  called: string;
  /** The port it was told to use, or 0. */
  port: number;
  /** When the life began, in the recording's time and by the wall clock. */
  begunAt: number;
  begunOn: Date;
  /** What is different when we run it ourselves; null when it was there already. */
  own: { marker: string; onNew: (row: ProcessRow) => void; remove: () => Promise<void> } | null;
}

/**
 * Takes hold of a container that was started a moment ago or long before.
 * @throws DrainCheckError `cannot-verify`; not when it is dead, which shows at once in what is returned
 */
export async function holdContainer(held: HeldContainer, recorder: LifeRecorder): Promise<RunningTarget> {
  const { engine, table, id, own } = held;
  const seen = await seeContainer(engine, table, id, own?.marker ?? null);
  const pid = seen?.first.pid ?? 0;
  recorder.record({ type: 'target-found', kind: 'container', pid, name: held.called });
  const tracker = new ProcessTracker(table, own?.marker ?? null, own?.onNew);
  if (seen !== null) {
    tracker.add(seen.first);
    own?.onNew(seen.first);
  }

  const since = ['--since', held.begunOn.toISOString()];
  const output = new OutputRing();
  // Of a container that was there already only what it says from now on.
  const logs = engine.stream(['logs', '-f', ...(own === null ? since : []), id]);
  captureOutput(logs, output, recorder);
  const format = engine.name === 'docker' ? '{{json .}}' : 'json';
  const told = engine.stream(['events', ...since, '--filter', `container=${id}`, '--format', format]);
  const events = new ContainerEvents(told.stdout, recorder, held.begunAt);
  const waiting = engine.stream(['wait', id]);
  const life = { killedByUs: false, letGo: false };
  const exited = exitOf({ engine, id, pid, waiting, logs, events, life });

  const kill = async (): Promise<number[]> => {
    life.killedByUs = true;
    const killed = maySignal(pid) ? await tracker.killAll(KILL_TIMEOUT_MS) : [];
    const left = await tracker.scan(true);
    if (left.length === 0) return killed;
    // The engine may do what we may not, and the death of the first process takes all others with it.
    await engine.ask(['kill', id], KILL_TIMEOUT_MS);
    await untilNoneIsLeft(tracker);
    return [...new Set([...killed, ...left.map((row) => row.pid)])];
  };

  const destroy = async (): Promise<void> => {
    if (own !== null) {
      await own.remove();
      await tracker.killAll(KILL_TIMEOUT_MS);
    }
    life.letGo = true;
    await Promise.all([logs, told, waiting].map(endStream));
  };

  const goodbye = (signal: string): Goodbye => {
    if (own !== null && signal in constants.signals && maySignal(pid)) return { by: 'signal' };
    // After a stop the engine does not start it again, whatever its restart policy; after a mere signal it might.
    const isStop = own === null && signal === (seen?.facts.stopSignal ?? 'SIGTERM');
    const order = isStop ? ['stop', '-t', STOP_AFTER_S] : ['kill', '-s', signal];
    return { by: 'command', command: [engine.name, ...order, id] };
  };

  const { procNet = '/proc/net', address = null } = seen ?? {};
  const { port } = held;
  return new TrackedProcess({ pid, port, procNet, address, exited, table, tracker, output, goodbye, kill, destroy });
}

async function untilNoneIsLeft(tracker: ProcessTracker): Promise<void> {
  const deadline = performance.now() + KILL_TIMEOUT_MS;
  while (performance.now() < deadline && (await tracker.scan(true)).length > 0) await sleep(POLL_MS);
}

/** Whether a signal of ours would reach it; a container may belong to another user. */
function maySignal(pid: number): boolean {
  try {
    // 0 is no process but our own group.
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
