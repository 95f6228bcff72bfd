import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createClock } from '../recording/clock.js';
import { comeFirst } from './own-priority.js';

/**
 * The exit watcher's own thread. It holds no sockets and does nothing but sleep a millisecond and look, so its times
 * of death are right to about a millisecond however busy the other threads are. An open /proc/<pid>/stat belongs
 * to that one process for ever: once it is gone, reading fails, even when the pid was given to somebody else.
 */
export interface WatcherData {
  originNs: bigint;
  /** One 32-bit counter; it is raised to wake this thread when there is a message. */
  wake: SharedArrayBuffer;
}

export type WatcherOrder = { watch: number } | { stop: true };
export interface DeathNotice {
  pid: number;
  at: number;
}

const { originNs, wake } = workerData as WatcherData;
const clock = createClock(originNs);
const counter = new Int32Array(wake);
const buffer = Buffer.alloc(512);
const open = new Map<number, number>();

/** Where the number of threads stands among the fields after the name (proc_pid_stat(5)). */
const THREADS = 17;

function isDead(descriptor: number): boolean {
  try {
    const length = readSync(descriptor, buffer, 0, buffer.length, 0);
    const stat = buffer.toString('latin1', 0, length);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    // The first thread may be gone while others live on; only when the last is does the process end, and can be waited for.
    return state === undefined || state === 'X' || (state === 'Z' && Number(fields[THREADS]) <= 1);
  } catch {
    return true;
  }
}

function report(pid: number): void {
  const notice: DeathNotice = { pid, at: clock.now() };
  parentPort?.postMessage(notice);
}

function watch(pid: number): void {
  if (open.has(pid)) return;
  try {
    open.set(pid, openSync(`/proc/${pid}/stat`, 'r'));
  } catch {
    report(pid);
  }
}

comeFirst();
for (let running = true; running;) {
  const before = Atomics.load(counter, 0);
  for (
    let message = parentPort && receiveMessageOnPort(parentPort);
    message;
    message = parentPort && receiveMessageOnPort(parentPort)
  ) {
    const order = message.message as WatcherOrder;
    if ('stop' in order) running = false;
    else watch(order.watch);
  }
  for (const [pid, descriptor] of open) {
    if (!isDead(descriptor)) continue;
    report(pid);
    closeSync(descriptor);
    open.delete(pid);
  }
  if (running) Atomics.wait(counter, 0, before, open.size > 0 ? 1 : 1000);
}
for (const descriptor of open.values()) closeSync(descriptor);
