import { parentPort, workerData } from 'node:worker_threads';
import { ProbePoller } from '../probes/poller.js';
import type { EventBody, ProbeRole } from '../recording/events.js';
import { createClock } from '../recording/clock.js';
import type { SignalName } from '../plan/types.js';
import { NewConnections, type NewConnectionsPlan } from '../traffic/new-connections.js';
import { Numbering } from '../traffic/numbering.js';
import type { Origin } from '../plan/origin.js';

/**
 * The probe worker: both probes, the signal, and the new connections that follow it share this thread and its clock,
 * so that nothing the main thread does can make a probe late or blur what came before the signal.
 */
export interface ObserverData {
  originNs: bigint;
  firstNumber: number;
}

export interface ProbeOrder {
  role: ProbeRole;
  path: string;
}

export type ObserverOrder =
  | { do: 'watch'; life: number; origin: Origin; probes: ProbeOrder[]; intervalMs: number; timeoutMs: number }
  | { do: 'signal'; life: number; pid: number; signal: SignalName; newConnections: NewConnectionsPlan | null }
  | { do: 'stop'; life: number };

export type ObserverReport =
  | { event: EventBody; at: number; life: number }
  | { watching: number }
  | { stopped: number }
  | { signalled: boolean; life: number };

const { originNs, firstNumber } = workerData as ObserverData;
const clock = createClock(originNs);
const numbering = new Numbering(firstNumber);
let pollers: ProbePoller[] = [];
let attempts: NewConnections | null = null;

function report(message: ObserverReport): void {
  parentPort?.postMessage(message);
}

function recorderFor(life: number) {
  return { clock, record: (event: EventBody, at = clock.now()) => report({ event, at, life }) };
}

function watch(order: Extract<ObserverOrder, { do: 'watch' }>): void {
  const { life, origin, intervalMs, timeoutMs } = order;
  const recorder = recorderFor(life);
  pollers = order.probes.map(({ role, path }) => {
    const onRun: ConstructorParameters<typeof ProbePoller>[0]['onRun'] = (run) =>
      recorder.record({ type: 'probe-run', ...run });
    return new ProbePoller({ role, origin, path, intervalMs, timeoutMs, clock, onRun });
  });
  void Promise.all(pollers.map((poller) => poller.start())).then(() => report({ watching: life }));
}

function signal(order: Extract<ObserverOrder, { do: 'signal' }>): void {
  const at = clock.now();
  let sent: boolean;
  try {
    sent = process.kill(order.pid, order.signal);
  } catch {
    sent = false;
  }
  if (sent) recorderFor(order.life).record({ type: 'signal-sent', signal: order.signal, pid: order.pid }, at);
  report({ signalled: sent, life: order.life });
  if (!sent || order.newConnections === null) return;
  attempts = new NewConnections({ recorder: recorderFor(order.life), numbering }, order.newConnections);
  attempts.start();
}

async function stop(life: number): Promise<void> {
  for (const poller of pollers) poller.stop();
  pollers = [];
  await attempts?.stop();
  attempts = null;
  report({ stopped: life });
}

parentPort?.on('message', (order: ObserverOrder) => {
  if (order.do === 'watch') watch(order);
  else if (order.do === 'signal') signal(order);
  else void stop(order.life);
});
