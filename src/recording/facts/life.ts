import type { AfterStop, ScenarioId } from '../../plan/types.js';
import type {
  EventOf,
  EventType,
  ExchangeKind,
  ListenerDescription,
  ProcessDescription,
  RecordedEvent,
} from '../events.js';
import { beginningOf, lastSignOfLife } from './beginning.js';
import { collectDatabaseConnections, type DatabaseConnection } from './databases.js';
import { collectConnectionEnds, collectExchanges, STUCK_KINDS, type ConnectionEnd, type Exchange } from './exchange.js';
import { collectMarks, type MarkFacts } from './marks.js';
import { asListener, workerJobs, workingProcess, type WorkerJob } from './worker.js';
import { podFacts, type PodFacts } from './pod.js';
import { listenerFacts, type ListenerFacts } from './listener.js';
import { probeFacts, type ProbeFacts } from './probe.js';

/** One life and death of the target: what several checks need to know, derived once. Times are those of the recording. */
export interface LifeFacts {
  life: number;
  scenario: ScenarioId;
  purpose: 'scenario' | 'baseline' | 'isolation' | 'restart';
  /** The one kind of work that was in place, in a life that was played to isolate it. */
  alone: ExchangeKind | null;
  startedAt: number;
  /** It was followed to its end. */
  complete: boolean;
  ready: EventOf<'ready'> | null;
  root: ProcessDescription | null;
  /** What was there already, or runs in a container. */
  found: EventOf<'target-found'> | null;
  /** Who listened on the port before the signal. */
  listeners: ListenerDescription[];
  /** Every process that belonged to the target, by pid, as last seen. */
  processes: ProcessDescription[];
  origin: string | null;
  /** How its end was begun; every time of the life is told from there. */
  signal: Goodbye | null;
  /** It is known by its URL alone: no process of it can be seen, and so not its exit either. */
  outside: boolean;
  /** How its first process ended cannot be seen, since it is nobody's child of ours. */
  statusUnknown: boolean;
  /** Another instance took its place, or was to take it: what is met after the end may be that. */
  replaced: boolean;
  /** It is gone, and something in front of it answers all the same: whose answers they were cannot be told. */
  fronted: boolean;
  /** Traffic was steady when the stop was over. */
  settled: EventOf<'traffic-settled'> | null;
  /** Our clients left, kind by kind, when the grace period was over. */
  left: EventOf<'clients-left'>[];
  /** The pod it was part of, where the end of one was played. */
  pod: PodFacts | null;
  /** The same signal once more, where it was sent twice. */
  repeated: Pick<Goodbye, 'at' | 'seq'> | null;
  /** The signal given straight to processes that may never have got it, when the grace period was over. */
  followed: EventOf<'signal-followed'>[];
  /** When in its start the target was signalled. */
  startup: EventOf<'startup-timed'> | null;
  goaways: EventOf<'goaway'>[];
  /** The death of the process that was started and signalled. `at` is the time of death. */
  exit: EventOf<'root-exited'> | null;
  /** When the last process that listened was gone: what clients meet from then on is nobody's decision. */
  serverGoneAt: number | null;
  /** When the last process of the target was gone. */
  goneAt: number | null;
  killed: EventOf<'killed'> | null;
  graceOver: EventOf<'grace-over'> | null;
  /** Processes that lived on after the root's exit, and whether one was still there after `OUTLIVED_MS`. */
  outlived: EventOf<'outlived-root'> | null;
  port: EventOf<'port-checked'> | null;
  exchanges: Exchange[];
  connectionEnds: ConnectionEnd[];
  readiness: ProbeFacts;
  liveness: ProbeFacts;
  listener: ListenerFacts;
  /** The held exchanges that the target provably had when the signal was sent. */
  inFlight: Exchange[];
  /** Many connections that were opened together; null: none. */
  crowd: EventOf<'crowd-opened'> | null;
  /** Its connections to databases that we stood in front of. */
  databases: DatabaseConnection[];
  /** Requests that are known again in telemetry and output, and what came of both. */
  marks: MarkFacts;
  /** When its databases were made unreachable, in a life that was played for that. */
  cut: EventOf<'database-cut'> | null;
  /** It is a queue worker, and was seen to be ready. */
  isWorker: boolean;
  /** The jobs of a queue worker that were seen. */
  work: WorkerJob[];
  events: readonly RecordedEvent[];
}

/** The event that began the end of a life. */
export interface Goodbye {
  at: number;
  seq: number;
  /** The signal that was sent; null when something else was done to stop it. */
  signal: string | null;
  /** By when it had certainly begun: the same for a signal of ours, else when the first thing was not as before. */
  certainAt: number;
}

/** Kinds that are held open across the signal, in the order of their lanes. */
const HELD_KINDS: readonly ExchangeKind[] = [
  'slow-response',
  'slow-upload',
  'kept-after-answer',
  'stream',
  'quiet-websocket',
  'talking-websocket',
  'grpc-call',
  'grpc-stream',
  ...STUCK_KINDS,
];

/**
 * The facts of one life from its events. Null when the life has no beginning (a recording that was cut).
 * @param afterStop what was to become of a service behind a URL; null: what is seen
 */
export function lifeFacts(events: readonly RecordedEvent[], afterStop: AfterStop | null = null): LifeFacts | null {
  const first = <T extends EventType>(type: T): EventOf<T> | null =>
    (events.find((event) => event.type === type) as EventOf<T> | undefined) ?? null;
  const started = first('life-started');
  if (started === null) return null;
  const found = first('target-found');
  const root = rootOf(first('process-spawned'), found);
  const outside = found?.kind === 'url';
  const exit = first('root-exited');
  const killed = first('killed');
  const followed = events.filter((event) => event.type === 'signal-followed');
  const outlived = first('outlived-root');
  const exchanges = collectExchanges(events);
  const signal = beginningOf(events, exchanges);
  const settled = first('traffic-settled');
  const left = events.filter((event) => event.type === 'clients-left');
  const gone = new Map(events.filter((event) => event.type === 'process-gone').map((event) => [event.pid, event.at]));
  if (exit !== null && root !== null) gone.set(root.pid, exit.at);
  const isWorker = first('worker-ready') !== null;
  const working = isWorker && root !== null ? [asListener(workingProcess(root, processesBefore(events)))] : [];
  const listeners = first('listener-found')?.listeners ?? working;
  const ended = first('life-ended');
  const goneAt = exit === null ? null : Math.max(exit.at, ...gone.values());
  const serverGoneAt = outside
    ? settled?.serving === false
      ? lastSignOfLife(events, exchanges)
      : null
    : goneAt === null || listeners.length === 0
      ? goneAt
      : Math.max(...listeners.map(({ pid }) => gone.get(pid) ?? goneAt));
  const steppedIn = steppedInAt({ followed, killed, left });
  const endAt = Math.min(serverGoneAt ?? ended?.at ?? Infinity, steppedIn);
  const replaced = outside && (afterStop === 'replaced' || (afterStop === null && settled?.serving === true));
  const readiness = probeFacts('readiness', events, signal?.at ?? null, endAt);
  const liveness = probeFacts('liveness', events, signal?.at ?? null, endAt);
  return {
    life: started.life,
    scenario: started.scenario,
    purpose: started.purpose,
    alone: started.alone,
    startedAt: started.at,
    complete: ended?.complete === true,
    ready: first('ready'),
    root,
    found,
    listeners,
    processes: collectProcesses(events),
    origin: first('listener-found')?.origin ?? null,
    signal,
    outside,
    statusUnknown: found?.kind === 'process',
    replaced,
    fronted: outside && settled?.serving === false && isAnsweredFor(exchanges, settled.at),
    settled,
    left,
    pod: podFacts(events),
    crowd: first('crowd-opened'),
    repeated: events.filter((event) => event.type === 'signal-sent' || event.type === 'stop-begun')[1] ?? null,
    followed,
    startup: first('startup-timed'),
    goaways: events.filter((event) => event.type === 'goaway'),
    exit,
    serverGoneAt,
    goneAt,
    killed,
    graceOver: first('grace-over'),
    outlived: outlived !== null && outlived.at < steppedIn ? outlived : null,
    port: first('port-checked'),
    exchanges,
    connectionEnds: collectConnectionEnds(events),
    readiness,
    liveness,
    listener: listenerFacts([readiness, liveness], exchanges, signal?.at ?? null, endAt),
    inFlight: exchanges.filter(
      (exchange) => isInFlight(exchange, signal?.at ?? null) && !(replaced && isUntouched(exchange)),
    ),
    databases: collectDatabaseConnections(events),
    marks: collectMarks(events),
    cut: first('database-cut'),
    isWorker,
    work: workerJobs(events),
    events,
  };
}

function isInFlight(exchange: Exchange, signalAt: number | null): boolean {
  const held = HELD_KINDS.includes(exchange.kind);
  if (signalAt === null || !held || exchange.armed === null || exchange.openedAt > signalAt) return false;
  return exchange.end === null || exchange.end.at > signalAt;
}

/** So many new connections at the last tell who answers when a service is gone. */
const LAST_KNOCKS = 3;

/** Whether the last new connections of a service that is gone got answers all the same. */
function isAnsweredFor(exchanges: readonly Exchange[], settledAt: number): boolean {
  const knocks = exchanges
    .filter(({ kind, openedAt, end }) => kind === 'new-connection' && openedAt <= settledAt && !isUntouched({ end }))
    .slice(-LAST_KNOCKS);
  return knocks.some(({ end }) => end?.ending === 'answered' || end?.ending === 'rejected');
}

/** The process that gets the signal, where one can be seen. */
function rootOf(
  spawned: EventOf<'process-spawned'> | null,
  found: EventOf<'target-found'> | null,
): ProcessDescription | null {
  if (spawned !== null) return { pid: spawned.pid, ppid: 0, command: spawned.command };
  return found === null || found.pid === 0 ? null : { pid: found.pid, ppid: 0, command: found.name };
}

/** Open until we ended it, beside an instance that was replaced: it was none of that one's. */
export function isUntouched({ end }: Pick<Exchange, 'end'>): boolean {
  return end === null || end.ending === 'ended-by-tester';
}

/** The processes that were seen before the signal. */
function processesBefore(events: readonly RecordedEvent[]): ProcessDescription[] {
  const signal = events.findIndex((event) => event.type === 'signal-sent');
  return collectProcesses(signal < 0 ? events : events.slice(0, signal));
}

function collectProcesses(events: readonly RecordedEvent[]): ProcessDescription[] {
  const byPid = new Map<number, ProcessDescription>();
  for (const event of events) {
    if (event.type === 'processes-seen') for (const process of event.processes) byPid.set(process.pid, process);
  }
  return [...byPid.values()];
}

/** Milliseconds from the signal to a moment of the recording. */
export function afterSignal(life: LifeFacts, at: number): number {
  return at - (life.signal?.at ?? at);
}

/** Milliseconds from the signal until everything was gone by itself; null when it was killed or never signalled. */
export function timeToExit(life: LifeFacts): number | null {
  return life.killed !== null || life.goneAt === null || life.signal === null ? null : life.goneAt - life.signal.at;
}

/**
 * When we stepped in because the grace period was over: the signal was given to those that may never have got it, our
 * clients left, or SIGKILL went to all that was left. Infinity when it all ended by itself. What happens from then on is nobody's decision.
 */
export function steppedInAt({ followed, killed, left }: Pick<LifeFacts, 'followed' | 'killed' | 'left'>): number {
  return Math.min(followed[0]?.at ?? Infinity, killed?.at ?? Infinity, left[0]?.at ?? Infinity);
}

/** Whether an exchange was open until we stepped in. */
export function openToTheLast({ end }: Exchange, life: LifeFacts): boolean {
  const steppedIn = steppedInAt(life);
  return Number.isFinite(steppedIn) && (end?.at ?? Infinity) >= steppedIn;
}

/** Whether the process that was signalled ended before we stepped in. */
export function endedByItself({ exit, killed, followed, left, statusUnknown }: LifeFacts): boolean {
  if (exit === null || exit.at >= Math.min(followed[0]?.at ?? Infinity, left[0]?.at ?? Infinity)) return false;
  return killed === null || (statusUnknown ? exit.at < killed.at : exit.signal !== 'SIGKILL');
}

/** When the server was gone, or we stepped in: the end of what its clients can tell. */
export function endOf(life: LifeFacts): number {
  return Math.min(life.serverGoneAt ?? Infinity, steppedInAt(life));
}
