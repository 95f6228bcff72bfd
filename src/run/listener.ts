import { connect } from 'node:net';
import { DrainCheckError } from '../errors.js';
import { formatDuration } from '../plan/durations.js';
import { originUrl, type Origin } from '../plan/origin.js';
import { redactText } from '../plan/redact.js';
import type { Plan } from '../plan/types.js';
import { askProbe } from '../probes/ask.js';
import type { ListenerDescription } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { FoundListeners, RunningTarget } from '../target/target.js';
import { pauseWhileAlive } from './alive.js';
import type { RunContext } from './context.js';
import { spokenTo } from './spoken-to.js';
import { findUnixListener } from './unix-listener.js';

const POLL_MS = 5;
/** A service may open a metrics port first: so long is its own port waited for when another one was found. */
const OWN_PORT_WAIT_MS = 1000;
/** A process that runs already is given so long to show its listener. */
const RUNS_ALREADY_MS = 1000;
/** What listens already is given so much more to answer. Milliseconds. */
const SLOW_TO_ANSWER_MS = 5000;
const CLASSIFY_TIMEOUT_MS = 500;

/**
 * Waits until the target listens, and tells where. Only sockets that its own processes hold count: whatever else
 * answers on a port is somebody else's.
 * @throws DrainCheckError `target-died`, `target-not-ready`, `port-taken`, `port-ambiguous` or `cannot-verify`
 */
export async function findListener(
  context: RunContext,
  running: RunningTarget,
  recorder: LifeRecorder,
): Promise<Origin> {
  const { plan, abort, known } = context;
  if (plan.target.socketPath !== null) return findUnixListener(context, running, plan.target.socketPath, recorder);
  // What runs already has had its time to begin.
  const patienceMs = context.target.restarts ? plan.startTimeoutMs : Math.min(plan.startTimeoutMs, RUNS_ALREADY_MS);
  const deadline = performance.now() + patienceMs;
  const ownPortWaitMs = running.port === 0 ? 0 : OWN_PORT_WAIT_MS;
  let othersSince: number | null = null;
  for (;;) {
    const found = await running.listeners();
    refuseStrangers(found, running.port);
    const wanted = plan.target.port ?? known.origin?.port;
    // In later lives a port the service chose itself may be another one.
    const own =
      (running.port === 0 ? null : listenersOn(found, running.port)) ??
      (wanted === undefined ? null : listenersOn(found, wanted));
    if (own !== null) return settle(context, running, own, recorder);
    if (found.listeners.length > 0 && plan.target.port === null) {
      othersSince ??= performance.now();
      if (performance.now() - othersSince >= ownPortWaitMs) {
        const chosen = await chooseByAnswer(context, running, found.listeners);
        if (chosen !== null) return settle(context, running, chosen, recorder);
      }
    }
    // Something that listens may be slow to answer on a busy machine, but not for ever.
    const mayAnswer = found.listeners.length > 0 && plan.target.port === null && !context.target.restarts;
    if (performance.now() > deadline + (mayAnswer ? SLOW_TO_ANSWER_MS : 0))
      throw notListening(found, running, plan, patienceMs);
    await pauseWhileAlive(running, POLL_MS, abort, 'before it listened on a port');
  }
}

function listenersOn(found: FoundListeners, port: number): ListenerDescription[] | null {
  const own = found.listeners.filter((listener) => listener.port === port);
  return own.length > 0 ? own : null;
}

function refuseStrangers(found: FoundListeners, port: number): void {
  if (found.denied.length > 0 || found.strangers.length === 0) return;
  const who = found.strangers.map((process) => `pid ${process.pid} (${process.command})`).join(', ');
  throw new DrainCheckError(
    'port-taken',
    `Port ${port} is also held by ${who}, which the target did not start.`,
    'Stop that process or let the target use another port.',
  );
}

async function chooseByAnswer(
  context: RunContext,
  running: RunningTarget,
  listeners: readonly ListenerDescription[],
): Promise<ListenerDescription[] | null> {
  const ports = [...new Set(listeners.map((listener) => listener.port))];
  const speaking: ListenerDescription[][] = [];
  for (const port of ports) {
    const own = listeners.filter((listener) => listener.port === port);
    const { outcome } = await askProbe(spokenTo(context, await reachable(own, running)), '/', CLASSIFY_TIMEOUT_MS);
    if (outcome.kind === 'status') speaking.push(own);
  }
  if (speaking.length > 1) {
    const found = speaking.map((own) => own[0]?.port).join(', ');
    throw new DrainCheckError(
      'port-ambiguous',
      `The target answers HTTP on several ports (${found}), and none of them is the PORT it was given.`,
      'Say which one to test with --port <n>.',
    );
  }
  return speaking[0] ?? null;
}

async function settle(
  context: RunContext,
  running: RunningTarget,
  listeners: ListenerDescription[],
  recorder: LifeRecorder,
): Promise<Origin> {
  const origin = spokenTo(context, await reachable(listeners, running));
  recorder.record({ type: 'listener-found', listeners, port: origin.port, origin: originUrl(origin) });
  return origin;
}

/** An address of this machine under which the listener is reached: its own, never a name that somebody resolves. */
async function reachable(
  listeners: readonly ListenerDescription[],
  { address: elsewhere, procNet }: RunningTarget,
): Promise<Origin> {
  const addresses = listeners.map((listener) => listener.address);
  const port = listeners[0]?.port ?? 0;
  if (elsewhere !== null) return { host: elsewhere, port, procNet };
  if (addresses.some((address) => address === '0.0.0.0' || address === '127.0.0.1')) return { host: '127.0.0.1', port };
  if (addresses.includes('::')) {
    // Most such sockets take IPv4 as well; one bound to IPv6 only does not.
    return { host: (await accepts('127.0.0.1', port)) ? '127.0.0.1' : '::1', port };
  }
  return { host: addresses[0] ?? '127.0.0.1', port };
}

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.setTimeout(1000, () => answer(false));
  });
}

function notListening(found: FoundListeners, running: RunningTarget, plan: Plan, waitedMs: number): DrainCheckError {
  const output = redactText(running.lastOutput());
  if (found.denied.length > 0) {
    return new DrainCheckError(
      'cannot-verify',
      `The sockets of pid ${found.denied.join(', ')} cannot be seen: it runs as another user or with capabilities of its own.`,
      'Run drain-check as the same user or as root.',
      { output },
    );
  }
  const others = [...new Set(found.listeners.map((listener) => listener.port))];
  if (running.port === 0) {
    const wanted = plan.target.port === null ? 'answers HTTP' : `listens on port ${plan.target.port}`;
    const where = others.length === 0 ? 'it has no listening socket at all' : `it listens on ${others.join(', ')}`;
    return new DrainCheckError(
      'target-not-ready',
      `Process ${running.pid} was found, and nothing of it ${wanted} (${where}).`,
      'Give the pid of the process that serves or of one above it; what listens for it elsewhere can be tested with --url <url> --stop <command>.',
    );
  }
  const seen = others.length === 0 ? 'no listening socket at all' : `it listens on ${others.join(', ')} instead`;
  return new DrainCheckError(
    'target-not-ready',
    `The target did not listen on port ${running.port} within ${formatDuration(waitedMs)} (${seen}).`,
    'It is given its port in the variable PORT; if it listens on a fixed one, name it with --port, and if it is slow to start, raise --start-timeout.',
    { output },
  );
}
