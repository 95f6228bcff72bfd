import type { EventBody, EventType } from './events.js';

type Shape = (value: unknown) => boolean;
type Stamped = 'type' | 'seq' | 'at' | 'life';
type FieldsOf<T extends EventType> = { [K in Exclude<keyof Extract<EventBody, { type: T }>, Stamped>]: Shape };

const number: Shape = (value) => typeof value === 'number' && Number.isFinite(value);
const text: Shape = (value) => typeof value === 'string';
/** Signal names are printed, so nothing else may stand in their place. */
const signal: Shape = (value) => typeof value === 'string' && /^SIG[A-Z0-9+]{1,12}$/.test(value);
const flag: Shape = (value) => typeof value === 'boolean';
const word =
  (...words: (string | null)[]): Shape =>
  (value) =>
    words.some((known) => known === value);
const nullable =
  (shape: Shape): Shape =>
  (value) =>
    value === null || shape(value);
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const fields =
  (shapes: Record<string, Shape>): Shape =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(shapes).every(([name, shape]) => shape((value as Record<string, unknown>)[name]));

const scenario = word(
  'drain',
  'idle',
  'streams',
  'stuck',
  'repeat-signal',
  'interrupt',
  'startup',
  'pid-1',
  'kubernetes',
  'load',
  'together',
  'dependency-down',
  'jobs',
);
const role = word('readiness', 'liveness');
const kind = word(
  'slow-response',
  'slow-upload',
  'reused-connection',
  'new-connection',
  'new-work',
  'idle-connection',
  'silent-connection',
  'kept-after-answer',
  'stream',
  'quiet-websocket',
  'talking-websocket',
  'new-websocket',
  'grpc-call',
  'grpc-stream',
  'stuck-upload',
  'stuck-stream',
  'stuck-websocket',
);
const ending = word('answered', 'rejected', 'refused', 'short', 'closed', 'reset', 'timed-out', 'ended-by-tester');
const proof = word('accepted-and-read', 'first-byte', 'upgraded', 'held-upload', 'calibrated');
const framing = nullable(word('length', 'chunked', 'close', 'none'));
const process = fields({ pid: number, ppid: number, command: text });
const listener = fields({ pid: number, command: text, address: text, port: number, verified: flag });
const span = fields({ startedAt: number, endedAt: number });
const outcome: Shape = (value) =>
  fields({ kind: word('refused', 'reset', 'closed', 'timed-out', 'malformed') })(value) ||
  fields({ kind: word('status'), status: number })(value);

/** What each event must hold to be judged: a recording may come from anywhere. A new event fails to compile until it is here. */
const EVENT_SHAPES: { [T in EventType]: FieldsOf<T> } = {
  'life-started': { scenario, purpose: word('scenario', 'baseline', 'isolation', 'restart'), alone: nullable(kind) },
  'process-spawned': { pid: number, command: text, port: number },
  'target-found': { kind: word('process', 'container', 'url'), pid: number, name: text },
  'processes-seen': { processes: listOf(process) },
  output: { stream: word('stdout', 'stderr'), text, dropped: number },
  'listener-found': { listeners: listOf(listener), port: number, origin: text },
  ready: { path: text, status: number, by: word('given', 'found', 'first-answer') },
  'endpoint-resolved': {
    role,
    path: nullable(text),
    how: word('given', 'found', 'none-given', 'not-found'),
    sureness: word('given', 'specific', 'generic', 'none'),
    asked: number,
  },
  'plain-path-chosen': { path: text, status: number },
  'work-endpoint': { kind: word('stream', 'websocket'), path: text, how: word('given', 'found') },
  'tls-established': { protocol: text, alpn: nullable(text), authorized: flag, problem: nullable(text) },
  'upload-calibrated': {
    method: text,
    path: text,
    held: flag,
    status: nullable(number),
    answeredAfterMs: nullable(number),
    reason: nullable(text),
  },
  'exchange-opened': {
    exchange: number,
    kind,
    connection: number,
    method: nullable(text),
    path: nullable(text),
  },
  'exchange-connected': { exchange: number },
  'exchange-armed': {
    exchange: number,
    proof,
  },
  'exchange-not-armed': { exchange: number, reason: text },
  'upload-released': { exchange: number },
  'exchange-ended': {
    exchange: number,
    ending,
    status: nullable(number),
    bytes: number,
    framing,
    announcedClose: nullable(flag),
    headAt: nullable(number),
    socket: word('fin', 'rst', null),
    detail: nullable(text),
  },
  'connection-closed': { connection: number, by: word('fin', 'rst', 'tester') },
  goaway: { connection: number, code: number, lastStream: number },
  'websocket-goodbye': { exchange: number, text },
  'websocket-closed': {
    exchange: number,
    code: nullable(number),
    reason: text,
    sent: number,
    received: number,
    lost: number,
    tcp: word('fin', 'rst', 'open'),
  },
  'crowd-opened': {
    asked: number,
    opened: number,
    tookMs: number,
    overflows: nullable(number),
    shortfall: nullable(text),
  },
  'crowd-ended': {
    kind,
    first: number,
    method: text,
    path: text,
    maxLateMs: number,
    openedAt: listOf(number),
    connectedAt: listOf(nullable(number)),
    armed: listOf(nullable(proof)),
    headAt: listOf(nullable(number)),
    endedAt: listOf(number),
    ending: listOf(ending),
    status: listOf(nullable(number)),
    bytes: listOf(number),
    socket: listOf(word('fin', 'rst', null)),
    code: listOf(nullable(number)),
  },
  armed: { armed: number, opened: number },
  'signal-sent': { signal, pid: number },
  'stop-begun': { by: word('command', 'hand'), command: text },
  'stop-ended': { code: nullable(number), signal: nullable(signal), output: text },
  'traffic-settled': { serving: flag },
  'container-event': { action: word('kill', 'die', 'oom'), signal: nullable(signal), code: nullable(number) },
  'pod-deleted': {
    graceMs: number,
    routingLagMs: number,
    kubeletLagMs: number,
    kubelet: text,
    timeScale: number,
    ratePerSecond: number,
    hostSemantics: nullable(text),
    published: flag,
  },
  'kubelet-acted': {
    act: word(
      'took-in-hand',
      'hook-started',
      'hook-ended',
      'hook-failed',
      'hook-abandoned',
      'started',
      'startup-failed',
      'became-ready',
      'became-unready',
      'liveness-failed',
      'probes-stopped',
      'pod-gone',
    ),
    detail: nullable(text),
  },
  'sidecar-acted': {
    sidecar: text,
    act: word(
      'started',
      'not-started',
      'hook-started',
      'hook-ended',
      'hook-failed',
      'hook-abandoned',
      'signalled',
      'killed',
      'gone',
    ),
    detail: nullable(text),
  },
  'endpoint-moved': { to: word('withdrawn', 'followed') },
  'clients-left': { kinds: listOf(kind), gone: flag },
  'signal-followed': { signal, pid: number, command: text },
  'startup-timed': { afterMs: number, usuallyReadyMs: number, ready: flag },
  'probe-run': { role, outcome, count: number, first: span, last: span, maxLateMs: number },
  'process-gone': { pid: number, command: text },
  'root-exited': { code: nullable(number), signal: nullable(signal) },
  'grace-over': { alive: listOf(process) },
  killed: { pids: listOf(number) },
  'outlived-root': { processes: listOf(process) },
  'port-checked': { port: number, heldBy: listOf(process), held: flag },
  'baseline-measured': { method: text, path: text, status: nullable(number), bytes: number, framing, afterMs: number },
  'database-opened': { connection: number, variable: text, protocol: word('postgres', 'mysql', 'redis') },
  'database-closed': {
    connection: number,
    by: word('target', 'server', 'tester', 'cut'),
    how: word('fin', 'rst'),
    session: flag,
    goodbye: flag,
    observable: word('yes', 'tls', 'unknown'),
    unfinished: flag,
    transaction: flag,
    queries: number,
    lastQueryAt: nullable(number),
  },
  'database-cut': { variable: text, open: number },
  'request-marked': { of: nullable(number), id: text, path: text, answeredAt: nullable(number) },
  'peace-begun': {},
  'telemetry-received': {
    sink: word('otlp'),
    exported: word('traces', 'metrics', 'logs'),
    bytes: number,
    ids: listOf(text),
  },
  'statsd-received': { bytes: number, series: listOf(fields({ name: text, points: number, sampled: flag })) },
  'request-logged': { id: text },
  'output-state': { when: word('before', 'end'), seen: flag, whole: flag },
  'job-submitted': { job: number, phase: word('before', 'at', 'after') },
  'job-answered': { job: number, ending, status: nullable(number), id: nullable(text) },
  'job-done': { job: number, by: word('log', 'websocket', 'poll'), watcher: number },
  'job-watch-ended': { watcher: number, code: nullable(number) },
  'job-looked-for': { job: number, status: nullable(number) },
  'worker-ready': { by: word('log', 'file', 'command', 'job') },
  'worker-job': { id: text, state: word('started', 'done'), by: word('log', 'redis', 'sql'), since: number },
  'life-ended': { complete: flag },
  'scenario-skipped': { scenario, reason: text },
  'run-ended': { complete: flag },
};

const stamp = fields({ seq: number, at: number, life: number });

/** Whether a value read from a file is an event that this version understands. */
export function isRecordedEvent(value: unknown): boolean {
  if (!stamp(value)) return false;
  const type = (value as { type?: unknown }).type;
  if (typeof type !== 'string' || !Object.hasOwn(EVENT_SHAPES, type)) return false;
  return fields(EVENT_SHAPES[type as EventType])(value);
}
