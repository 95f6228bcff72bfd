import type { Plan, ScenarioId, SignalName } from '../../src/plan/types.js';
import type {
  ClosedBy,
  Ending,
  EventBody,
  EventOf,
  ExchangeKind,
  ProbeOutcome,
  ProbeRole,
  ProcessDescription,
  RecordedEvent,
  Recording,
} from '../../src/recording/events.js';
import type { LifeFacts } from '../../src/recording/facts/life.js';
import { runFacts, type RunFacts } from '../../src/recording/facts/run.js';
import { examplePlan } from './plan.js';

/** When the signal is sent in every story. Times that a test gives are milliseconds after it. */
export const SIGNAL_AT = 1000;
const ROOT_PID = 100;

/** What kind of life it is, and which processes listen. */
export interface LifeStory {
  purpose?: 'scenario' | 'baseline' | 'isolation' | 'restart';
  /** The one kind of work in place, of a life that isolates it. */
  alone?: ExchangeKind | null;
  owner?: number | readonly number[];
}

/** How the process ended, and who held its port after that. */
export interface ExitStory {
  code?: number | null;
  signal?: string | null;
  portHeldBy?: ProcessDescription[] | null;
}

/** How an exchange of a story went; times are after the signal. */
export interface ExchangeStory {
  openedAt?: number;
  endedAt?: number | null;
  ending?: Ending;
  status?: number | null;
  armed?: boolean;
  notArmed?: string;
  connected?: boolean;
  connection?: number;
  headAt?: number | null;
  more?: Partial<EventOf<'exchange-ended'>>;
  path?: string;
  method?: string;
}

/**
 * Writes recordings for tests of judging: a life of a well-behaved service, told event by event. Nothing is implied
 * but what its methods say, so that a test shows all that its verdict rests on.
 */
export class Story {
  readonly #events: RecordedEvent[] = [];
  #life = -1;
  #number = 0;
  #jobs = 0;

  constructor(readonly plan: Plan = examplePlan()) {}

  /** Any event, at a time after the signal. */
  event(afterSignal: number, body: EventBody): this {
    this.#events.push({ seq: this.#events.length, at: SIGNAL_AT + afterSignal, life: this.#life, ...body });
    return this;
  }

  /** Begins a life: started, listening (the process itself, unless `owner` says otherwise) and ready. */
  life(scenario: ScenarioId = 'drain', { purpose = 'scenario', alone = null, owner = ROOT_PID }: LifeStory = {}): this {
    const owners = typeof owner === 'number' ? [owner] : owner;
    this.#life += 1;
    return this.event(-900, { type: 'life-started', scenario, purpose, alone })
      .event(-890, { type: 'process-spawned', pid: ROOT_PID, command: 'node server.js', port: 8080 })
      .event(-800, {
        type: 'listener-found',
        port: 8080,
        origin: 'http://127.0.0.1:8080',
        listeners: owners.map((pid) => ({
          pid,
          command: pid === ROOT_PID ? 'node server.js' : 'node real-server.js',
          address: '127.0.0.1',
          port: 8080,
          verified: true,
        })),
      })
      .event(-750, { type: 'ready', path: '/ready', status: 200, by: 'found' });
  }

  /** Begins a life of a queue worker: started and ready. */
  worker(
    scenario: ScenarioId = 'drain',
    purpose: 'scenario' | 'restart' = 'scenario',
    command = 'node worker.js',
  ): this {
    this.#life += 1;
    return this.event(-900, { type: 'life-started', scenario, purpose, alone: null })
      .event(-890, { type: 'process-spawned', pid: ROOT_PID, command, port: 0 })
      .event(-750, { type: 'worker-ready', by: 'log' });
  }

  /** A job of a queue worker, from its beginning to its end; null: that was not seen. Each is seen within `lateMs`. */
  task(id: string, startedAt: number | null, doneAt: number | null, lateMs = 10): this {
    const seen = (at: number, state: 'started' | 'done') =>
      this.event(at, { type: 'worker-job', id, state, by: 'log', since: SIGNAL_AT + at - lateMs });
    if (startedAt !== null) seen(startedAt, 'started');
    return doneAt === null ? this : seen(doneAt, 'done');
  }

  /** The life that comes after a worker's death: what it began, and when it was ended. */
  next(ids: readonly string[], until = 5000): this {
    this.worker('drain', 'restart');
    for (const id of ids) this.task(id, 100, 400);
    return this.event(until, { type: 'life-ended', complete: true });
  }

  /** Begins the one life of a target that was there already, or is known by its URL. */
  taken(kind: 'process' | 'container' | 'url', scenario: ScenarioId = 'together'): this {
    this.#life += 1;
    const pid = kind === 'url' ? 0 : ROOT_PID;
    this.event(-900, { type: 'life-started', scenario, purpose: 'scenario', alone: null });
    this.event(-890, {
      type: 'target-found',
      kind,
      pid,
      name: kind === 'url' ? 'http://127.0.0.1:8080' : 'node server.js',
    });
    if (kind === 'url') return this;
    const listener = { pid, command: 'node server.js', address: '127.0.0.1', port: 8080, verified: true };
    return this.event(-800, {
      type: 'listener-found',
      port: 8080,
      origin: 'http://127.0.0.1:8080',
      listeners: [listener],
    });
  }

  /** The end is begun by a command, which ends well after a while. */
  stop(endedAt = 50): this {
    return this.event(0, { type: 'stop-begun', by: 'command', command: 'stop it' }).event(endedAt, {
      type: 'stop-ended',
      code: 0,
      signal: null,
      output: '',
    });
  }

  /** Traffic is steady, and the watch over a service that is known by its URL is over. */
  settled(at: number, serving: boolean): this {
    return this.event(at, { type: 'traffic-settled', serving }).event(at + 5, { type: 'life-ended', complete: true });
  }

  /** The grace period is over and clients of some kinds leave. */
  left(at: number, kinds: ExchangeKind[], gone: boolean): this {
    return this.event(at, { type: 'clients-left', kinds, gone });
  }

  /** Which endpoints are known. */
  endpoint(role: ProbeRole, path: string | null, more: Partial<EventOf<'endpoint-resolved'>> = {}): this {
    return this.event(-700, {
      type: 'endpoint-resolved',
      role,
      path,
      how: path === null ? 'not-found' : 'found',
      sureness: path === null ? 'none' : 'specific',
      asked: 36,
      ...more,
    });
  }

  signal(signal: SignalName = 'SIGTERM'): this {
    return this.event(0, { type: 'signal-sent', signal, pid: ROOT_PID });
  }

  /** A pod is deleted, so long after the signal (negative: before it), and its endpoint is withdrawn. */
  deleted(at: number, more: Partial<EventOf<'pod-deleted'>> = {}): this {
    return this.event(at, {
      type: 'pod-deleted',
      graceMs: 30_000,
      routingLagMs: 1000,
      kubeletLagMs: 0,
      kubelet: '1.32',
      timeScale: 1,
      ratePerSecond: 5,
      hostSemantics: null,
      published: false,
      ...more,
    }).event(at + 1, { type: 'endpoint-moved', to: 'withdrawn' });
  }

  /** Routes have followed. */
  followed(at: number): this {
    return this.event(at, { type: 'endpoint-moved', to: 'followed' });
  }

  /** A preStop hook ran from one time to another. */
  hook(from: number, to: number, how: 'hook-ended' | 'hook-failed' | 'hook-abandoned' = 'hook-ended'): this {
    const detail = how === 'hook-failed' ? 'exit 127: sleep: not found' : null;
    return this.event(from, { type: 'kubelet-acted', act: 'hook-started', detail: 'sleep 1 s' }).event(to, {
      type: 'kubelet-acted',
      act: how,
      detail,
    });
  }

  /** The processes of the target, as seen before the signal. */
  processes(...processes: ProcessDescription[]): this {
    return this.event(-780, { type: 'processes-seen', processes });
  }

  /** The target is signalled at this time of its start, which usually takes a second. */
  starting(afterMs: number, ready = false): this {
    return this.event(0, { type: 'startup-timed', afterMs, usuallyReadyMs: 1000, ready }).signal();
  }

  /** The grace period is over, and the signal is given straight to a process, before all is killed. */
  follow(at: number, pid: number, command = 'node real-server.js'): this {
    return this.event(at, { type: 'signal-followed', signal: 'SIGTERM', pid, command });
  }

  /** A stream or a WebSocket is known to be at a path. */
  endpointOf(kind: 'stream' | 'websocket', path: string): this {
    return this.event(-650, { type: 'work-endpoint', kind, path, how: 'found' });
  }

  /** The goodbye that was asked for, on the exchange that was told last. */
  goodbye(at: number, text = 'goodbye'): this {
    return this.event(at, { type: 'websocket-goodbye', exchange: this.#number, text });
  }

  /** The signal once more. */
  signalAgain(at = 100): this {
    return this.event(at, { type: 'signal-sent', signal: 'SIGTERM', pid: ROOT_PID });
  }

  /** A WebSocket that is open at the signal, and how it was closed. */
  websocket(
    kind: 'quiet-websocket' | 'talking-websocket' | 'new-websocket',
    close: Partial<EventOf<'websocket-closed'>> | null = {},
    story: ExchangeStory = {},
  ): this {
    const { endedAt = 500 } = story;
    this.exchange(kind, { status: 101, path: '/ws', ...story });
    if (close === null || endedAt === null) return this;
    return this.event(endedAt, {
      type: 'websocket-closed',
      exchange: this.#number,
      code: 1001,
      reason: '',
      sent: 0,
      received: 0,
      lost: 0,
      tcp: 'fin',
      ...close,
    });
  }

  /** A run of equal probe outcomes, from its first question to its last; each takes 2 ms. */
  probes(
    role: ProbeRole,
    outcome: number | Exclude<ProbeOutcome['kind'], 'status'>,
    from: number,
    to: number,
    more: Partial<EventOf<'probe-run'>> = {},
  ): this {
    const span = (at: number) => ({ startedAt: SIGNAL_AT + at, endedAt: SIGNAL_AT + at + 2 });
    return this.event(to + 2, {
      type: 'probe-run',
      role,
      outcome: typeof outcome === 'number' ? { kind: 'status', status: outcome } : { kind: outcome },
      count: Math.max(1, Math.round((to - from) / 10) + 1),
      first: span(from),
      last: span(to),
      maxLateMs: 1,
      ...more,
    });
  }

  /** One exchange from start to ending. */
  exchange(kind: ExchangeKind, story: ExchangeStory = {}): this {
    const {
      openedAt = -100,
      endedAt = 500,
      ending = 'answered',
      armed = openedAt < 0,
      connected = ending !== 'refused',
      headAt = null,
    } = story;
    const exchange = ++this.#number;
    const status =
      story.status === undefined ? (ending === 'answered' ? 200 : ending === 'rejected' ? 503 : null) : story.status;
    this.event(openedAt, {
      type: 'exchange-opened',
      exchange,
      kind,
      connection: story.connection ?? 10_000 + exchange,
      method: story.method ?? 'GET',
      path: story.path ?? '/slow',
    });
    if (connected) this.event(openedAt + 1, { type: 'exchange-connected', exchange });
    if (armed) this.event(-10, { type: 'exchange-armed', exchange, proof: 'accepted-and-read' });
    if (story.notArmed !== undefined) this.event(-10, { type: 'exchange-not-armed', exchange, reason: story.notArmed });
    if (endedAt === null) return this;
    return this.event(endedAt, {
      type: 'exchange-ended',
      exchange,
      ending,
      status,
      bytes: 10,
      framing: status === null ? null : 'length',
      announcedClose: status === null ? null : false,
      headAt: headAt === null ? null : SIGNAL_AT + headAt,
      socket: null,
      detail: null,
      ...story.more,
    });
  }

  /** A new connection, over a millisecond after it was opened unless `story` says otherwise. */
  arrival(openedAt: number, ending: Ending = 'answered', story: ExchangeStory = {}): this {
    return this.exchange('new-connection', { openedAt, endedAt: openedAt + 1, ending, path: '/', ...story });
  }

  /** A connection to a database, from its opening to its end; times are after the signal. */
  database(
    closedAt: number | null,
    end: Partial<EventOf<'database-closed'>> = {},
    { protocol = 'postgres', openedAt = -600 }: Partial<EventOf<'database-opened'>> & { openedAt?: number } = {},
  ): this {
    const connection = ++this.#number;
    this.event(openedAt, { type: 'database-opened', connection, variable: 'DATABASE_URL', protocol });
    if (closedAt === null) return this;
    return this.event(closedAt, {
      type: 'database-closed',
      connection,
      by: 'target',
      how: 'fin',
      session: true,
      goodbye: true,
      observable: 'yes',
      unfinished: false,
      transaction: false,
      queries: 1,
      lastQueryAt: null,
      ...end,
    });
  }

  /** Requests in peace, and one that is in flight, all of them marked; times are after the signal. */
  markedRequests(): this {
    this.event(-400, { type: 'peace-begun' });
    for (const id of ['p1', 'p2', 'p3'])
      this.event(-300, { type: 'request-marked', of: null, id, path: '/slow', answeredAt: SIGNAL_AT - 300 });
    this.exchange('slow-response');
    return this.event(-90, { type: 'request-marked', of: this.#number, id: 'f1', path: '/slow', answeredAt: null });
  }

  /** Traces of some marked requests come in. */
  traced(at: number, ...ids: string[]): this {
    return this.event(at, { type: 'telemetry-received', sink: 'otlp', exported: 'traces', bytes: 10, ids });
  }

  /** Some marked requests are named in the output. */
  logged(at: number, ...ids: string[]): this {
    for (const id of ids) this.event(at, { type: 'request-logged', id });
    return this;
  }

  /** Counts of StatsD come in. */
  counted(at: number, name: string, points: number, sampled = false): this {
    return this.event(at, { type: 'statsd-received', bytes: 10, series: [{ name, points, sampled }] });
  }

  /** A job, its answer, and each time that it is shown done; times are after the signal. */
  job(
    submittedAt: number,
    {
      status = 202,
      answeredAt = submittedAt + 2,
      doneAt = [],
    }: { status?: number | null; answeredAt?: number; doneAt?: number[] } = {},
  ): this {
    const job = this.#jobs++;
    const phase = submittedAt < -1 ? 'before' : submittedAt < 1 ? 'at' : 'after';
    this.event(submittedAt, { type: 'job-submitted', job, phase });
    const ending = status === null ? 'refused' : status === 503 ? 'rejected' : 'answered';
    this.event(answeredAt, { type: 'job-answered', job, ending, status, id: `j${job}` });
    for (const at of doneAt) this.event(at, { type: 'job-done', job, by: 'websocket', watcher: 0 });
    return this;
  }

  /** The next life, in which jobs of the one before are shown done, or asked for. */
  nextLife(...events: EventBody[]): this {
    this.#life += 1;
    this.event(5000, { type: 'life-started', scenario: 'jobs', purpose: 'restart', alone: null });
    for (const event of events) this.event(6000, event);
    return this.event(7000, { type: 'life-ended', complete: true });
  }

  /** The end of a persistent connection. */
  closed(connection: number, by: ClosedBy, at: number): this {
    return this.event(at, { type: 'connection-closed', connection, by });
  }

  /** The process ends by itself; everything is gone and the port is free, unless it is said to be held. */
  exit(after: number, { code = 0, signal = null, portHeldBy = null }: ExitStory = {}): this {
    return this.event(after, { type: 'root-exited', code, signal })
      .event(after + 5, { type: 'port-checked', port: 8080, held: portHeldBy !== null, heldBy: portHeldBy ?? [] })
      .event(after + 6, { type: 'life-ended', complete: true });
  }

  /** The grace period ends and everything is killed. */
  killed(after: number): this {
    return this.event(after, { type: 'grace-over', alive: [{ pid: ROOT_PID, ppid: 1, command: 'node server.js' }] })
      .event(after, { type: 'killed', pids: [ROOT_PID] })
      .exit(after + 3, { code: null, signal: 'SIGKILL' });
  }

  recording(): Recording {
    const events: RecordedEvent[] = [
      ...this.#events,
      { seq: this.#events.length, at: 99_999, life: -1, type: 'run-ended', complete: true },
    ];
    return {
      header: {
        schemaVersion: 1,
        tool: { name: 'drain-check', version: '0.0.0' },
        startedAt: '2026-01-01T00:00:00.000Z',
        platform: 'linux',
        node: 'v20.19.0',
        plan: this.plan,
      },
      events,
      whole: true,
    };
  }

  facts(plan: Plan = this.plan): RunFacts {
    return runFacts(this.recording(), plan);
  }
}

/** The facts of a story's first life. */
export function firstLife(story: Story): LifeFacts {
  const [life] = story.facts().lives;
  if (life === undefined) throw new Error('the story has no life');
  return life;
}
