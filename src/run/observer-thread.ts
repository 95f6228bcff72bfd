import { parentPort, workerData } from 'node:worker_threads';
import { ProbePoller } from '../probes/poller.js';
import type { EventBody, ProbeRole } from '../recording/events.js';
import { createClock } from '../recording/clock.js';
import { NewConnections, type NewConnectionsPlan } from '../traffic/new-connections.js';
import { Numbering } from '../traffic/numbering.js';
import type { Origin } from '../plan/origin.js';
import { comeFirst } from '../target/own-priority.js';

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
  | {
      do: 'signal';
      life: number;
      pid: number;
      signal: string;
      /** When to send it once more, in milliseconds after the first; null: never. */
      repeatAfterMs: number | null;
      newConnections: NewConnectionsPlan | null;
    }
  | { do: 'attempt'; life: number; newConnections: NewConnectionsPlan }
  /** New connections come no more. */
  | { do: 'leave'; life: number }
  | { do: 'stop'; life: number };

export type ObserverReport =
  | { event: EventBody; at: number; life: number }
  | { watching: number }
  | { stopped: number }
  /** When it was sent; null when there was nobody to signal. */
  | { signalledAt: number | null; life: number };

/** What this thread does in one life of the target. */
interface Duties {
  pollers: ProbePoller[];
  attempts: NewConnections | null;
  repetition: NodeJS.Timeout | null;
}

const { originNs, firstNumber } = workerData as ObserverData;
const clock = createClock(originNs);
const numbering = new Numbering(firstNumber);
const lives = new Map<number, Duties>();

comeFirst();

function report(message: ObserverReport): void {
  parentPort?.postMessage(message);
}

function recorderFor(life: number) {
  return { clock, record: (event: EventBody, at = clock.now()) => report({ event, at, life }) };
}

function dutiesOf(life: number): Duties {
  const duties = lives.get(life) ?? { pollers: [], attempts: null, repetition: null };
  lives.set(life, duties);
  return duties;
}

function watch(order: Extract<ObserverOrder, { do: 'watch' }>): void {
  const { life, origin, intervalMs, timeoutMs } = order;
  const recorder = recorderFor(life);
  const pollers = order.probes.map(({ role, path }) => {
    const onRun: ConstructorParameters<typeof ProbePoller>[0]['onRun'] = (run) =>
      recorder.record({ type: 'probe-run', ...run });
    return new ProbePoller({ role, origin, path, intervalMs, timeoutMs, clock, onRun });
  });
  dutiesOf(life).pollers = pollers;
  void Promise.all(pollers.map((poller) => poller.start())).then(() => report({ watching: life }));
}

/** Sends the signal and records it with the time just before; false when there is nobody to signal. */
function send({ pid, signal, life }: Extract<ObserverOrder, { do: 'signal' }>): number | null {
  const at = clock.now();
  try {
    process.kill(pid, signal);
  } catch {
    return null;
  }
  recorderFor(life).record({ type: 'signal-sent', signal, pid }, at);
  return at;
}

function signal(order: Extract<ObserverOrder, { do: 'signal' }>): void {
  const { life, repeatAfterMs, newConnections } = order;
  const signalledAt = send(order);
  report({ signalledAt, life });
  if (signalledAt === null) return;
  const duties = dutiesOf(life);
  if (repeatAfterMs !== null) duties.repetition = setTimeout(() => send(order), repeatAfterMs);
  if (newConnections !== null) attempt(life, newConnections);
}

function attempt(life: number, newConnections: NewConnectionsPlan): void {
  const duties = dutiesOf(life);
  duties.attempts = new NewConnections({ recorder: recorderFor(life), numbering }, newConnections);
  duties.attempts.start();
}

async function stop(life: number): Promise<void> {
  const { pollers, attempts, repetition } = dutiesOf(life);
  if (repetition !== null) clearTimeout(repetition);
  for (const poller of pollers) poller.stop();
  await attempts?.stop();
  lives.delete(life);
  report({ stopped: life });
}

parentPort?.on('message', (order: ObserverOrder) => {
  if (order.do === 'watch') watch(order);
  else if (order.do === 'signal') signal(order);
  else if (order.do === 'attempt') attempt(order.life, order.newConnections);
  else if (order.do === 'leave') dutiesOf(order.life).attempts?.leave();
  else void stop(order.life);
});
