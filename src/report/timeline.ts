import { fateOf } from '../recording/facts/answers.js';
import { STUCK_KINDS, type Exchange } from '../recording/facts/exchange.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import { isGood, type ProbeFacts } from '../recording/facts/probe.js';
import { rehearsalFacts } from '../recording/facts/rehearsal.js';
import { wasLost } from '../recording/facts/rollout.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { ExchangeKind } from '../recording/events.js';
import { jobLane } from './job-lane.js';
import { podLanes, podMarks } from './pod-lanes.js';
import { workerLane } from './worker-lane.js';
import type { Lane, LaneState, PointState, Timeline } from './types.js';

/** How much of the time before the signal is drawn, as a part of the time after it. */
const BEFORE = 0.06;
/** A lane with more points than this has those that lie on one another drawn as one. */
const MOST_POINTS = 400;

const LABELS: Record<ExchangeKind, string> = {
  'slow-response': 'slow requests',
  'slow-upload': 'uploads',
  'reused-connection': 'reused connection',
  'new-connection': 'new connections',
  'new-work': 'new work',
  'idle-connection': 'idle connections',
  'silent-connection': 'silent connection',
  'kept-after-answer': 'kept after answer',
  stream: 'streams',
  'quiet-websocket': 'quiet WebSockets',
  'talking-websocket': 'busy WebSockets',
  'new-websocket': 'new WebSockets',
  'grpc-call': 'gRPC calls',
  'grpc-stream': 'gRPC streams',
  'stuck-upload': 'stuck upload',
  'stuck-stream': 'unread stream',
  'stuck-websocket': 'deaf WebSocket',
};

/** The words a kind of exchange goes by in reports. */
export function kindLabel(kind: ExchangeKind): string {
  return LABELS[kind];
}

/** One death as lanes of time, or null when there was no signal. */
export function timelineOf(life: LifeFacts, facts: RunFacts): Timeline | null {
  if (life.signal === null) return null;
  const end = drawnTo(life);
  const last = Number.isFinite(end) ? end : Math.max(...life.events.map((event) => event.at));
  const toMs = Math.max(1, afterSignal(life, last));
  const begunMs = life.pod === null ? 0 : Math.min(0, afterSignal(life, life.pod.deleted.at));
  const fromMs = begunMs - Math.max(1, BEFORE * (toMs - begunMs));
  return { fromMs, toMs, marks: marksOf(life), lanes: lanesOf(life, facts, fromMs, toMs) };
}

/** Clients of a pod may come when it is gone, as long as there are routes. */
function drawnTo(life: LifeFacts): number {
  return life.pod === null ? endOf(life) : Math.max(endOf(life), life.pod.followedAt ?? 0);
}

function marksOf(life: LifeFacts): Timeline['marks'] {
  const marks: Timeline['marks'] = [{ atMs: 0, what: 'signal' }];
  marks.push(...podMarks(life));
  const { flipped } = life.readiness;
  if (flipped !== null) marks.push({ atMs: afterSignal(life, flipped.to), what: 'readiness failed' });
  if (life.listener.closed !== null)
    marks.push({ atMs: afterSignal(life, life.listener.closed.to), what: 'listener closed' });
  if (life.killed !== null) marks.push({ atMs: afterSignal(life, life.killed.at), what: 'killed' });
  else if (life.exit !== null) marks.push({ atMs: afterSignal(life, life.exit.at), what: 'exit' });
  return marks;
}

function lanesOf(life: LifeFacts, facts: RunFacts, fromMs: number, toMs: number): Lane[] {
  const kinds = Object.keys(LABELS) as ExchangeKind[];
  const traffic = kinds.flatMap((kind) => {
    const exchanges = life.exchanges.filter((exchange) => exchange.kind === kind && !isOver(exchange, life, fromMs));
    if (exchanges.length === 0) return [];
    const steady =
      // Behind a URL even held work comes all the time.
      (life.outside && isRequest(kind)) ||
      kind === 'new-connection' ||
      kind === 'new-work' ||
      kind === 'reused-connection' ||
      kind === 'new-websocket';
    return [steady ? pointLane(kind, exchanges, life, facts) : heldLane(kind, exchanges, life, facts, toMs)];
  });
  const probes = [life.readiness, life.liveness]
    .filter((probe) => probe.drain.length > 0)
    .map((probe) => probeLane(probe, life, toMs));
  const jobs = jobLane(life, facts, fromMs, toMs) ?? workerLane(life, fromMs, toMs);
  return [
    ...podLanes(life, fromMs, toMs),
    ...traffic,
    ...(jobs === null ? [] : [jobs]),
    ...probes,
    ...(life.outside ? [] : [processLane(life, fromMs, toMs)]),
  ];
}

function isRequest(kind: ExchangeKind): boolean {
  return kind === 'slow-response' || kind === 'slow-upload' || kind === 'grpc-call';
}

function isOver(exchange: Exchange, life: LifeFacts, fromMs: number): boolean {
  const closed =
    exchange.kind === 'idle-connection' ||
    exchange.kind === 'silent-connection' ||
    exchange.kind === 'kept-after-answer';
  return !closed && exchange.end !== null && afterSignal(life, exchange.end.at) < fromMs;
}

/** Exchanges that are held for a while: one bar from the first beginning to the last end, and a mark at each end. */
function heldLane(
  kind: ExchangeKind,
  exchanges: readonly Exchange[],
  life: LifeFacts,
  facts: RunFacts,
  toMs: number,
): Lane {
  const connections = kind === 'idle-connection' || kind === 'silent-connection';
  const ends = exchanges.map((exchange) => ({
    exchange,
    at: Math.min(toMs, afterSignal(life, connections ? connectionEnd(exchange, life) : (exchange.end?.at ?? Infinity))),
  }));
  const points = ends.map(({ exchange, at }) => ({
    atMs: at,
    state: connections ? ('ended' as const) : heldState(exchange, life, facts),
  }));
  const from = Math.min(...exchanges.map((exchange) => afterSignal(life, exchange.openedAt)));
  const count = new Set(exchanges.map((exchange) => exchange.connection)).size;
  const lost = points.filter((point) => point.state === 'lost').length;
  const answered = exchanges.filter((exchange) => exchange.end?.ending === 'answered').length;
  const openAtEnd = ends.filter(({ at }) => at >= toMs).length;
  return {
    label: count > 1 ? `${labelOf(kind, life)} ×${count}` : labelOf(kind, life),
    outcome: connections
      ? openAtEnd > 0
        ? 'open to the end'
        : 'closed'
      : lost > 0
        ? `${lost} of ${exchanges.length} lost`
        : (describeEnds(kind, exchanges) ?? `${answered} answered`),
    wrong: lost > 0,
    spans: [{ fromMs: from, toMs: Math.max(...ends.map(({ at }) => at)), state: 'busy' }],
    points: thinned(points, toMs),
  };
}

/** Thousands of WebSockets are all quiet. */
function labelOf(kind: ExchangeKind, { crowd }: LifeFacts): string {
  return crowd !== null && kind === 'quiet-websocket' ? 'WebSockets' : LABELS[kind];
}

/** Of points that nobody could tell apart on any screen, one is left. */
function thinned(points: Lane['points'], toMs: number): Lane['points'] {
  if (points.length <= MOST_POINTS) return points;
  const places = new Map(
    points.map((point) => [`${point.state} ${Math.round((point.atMs / toMs) * MOST_POINTS)}`, point]),
  );
  return [...places.values()];
}

/** The words for kinds that are not answered but end in another way; null for the others. */
function describeEnds(kind: ExchangeKind, exchanges: readonly Exchange[]): string | null {
  if (kind === 'stream' || kind === 'grpc-stream')
    return `${exchanges.filter((exchange) => exchange.end?.ending === 'answered').length} ended`;
  if (kind === 'quiet-websocket' || kind === 'talking-websocket') {
    const codes = [...new Set(exchanges.flatMap((exchange) => exchange.websocket?.code ?? []))];
    return `${exchanges.length} closed with ${codes.join(', ')}`;
  }
  return STUCK_KINDS.includes(kind) ? 'never ended by its client' : null;
}

function connectionEnd(exchange: Exchange, life: LifeFacts): number {
  const own = life.connectionEnds.find((end) => end.connection === exchange.connection);
  // One of thousands has no event of its own for it.
  const { end } = exchange;
  return own?.at ?? (end?.ending === 'closed' || end?.ending === 'reset' ? end.at : Infinity);
}

function heldState(exchange: Exchange, life: LifeFacts, facts: RunFacts): PointState {
  // What its client keeps from ending cannot be lost.
  if (STUCK_KINDS.includes(exchange.kind)) return 'ended';
  const fate = fateOf(exchange, life, facts);
  return fate === 'finished' ? 'served' : fate === 'lost' ? 'lost' : 'ended';
}

/** Exchanges that come one after another: a mark for each, at its beginning. */
function pointLane(kind: ExchangeKind, exchanges: readonly Exchange[], life: LifeFacts, facts: RunFacts): Lane {
  const end = drawnTo(life);
  const seen = exchanges.filter((exchange) => exchange.openedAt < end);
  const lost = lostByPod(life, facts);
  const points = seen.map((exchange) => ({
    atMs: afterSignal(life, exchange.openedAt),
    state:
      lost.has(exchange.id) || (life.replaced && isLostInRollout(exchange, facts))
        ? ('lost' as const)
        : pointState(exchange),
  }));
  const count = (state: PointState) => points.filter((point) => point.state === state).length;
  const words = [
    `${count('served')} ${kind === 'new-websocket' ? 'closed in order' : 'answered'}`,
    ...(count('away') > 0 ? [`${count('away')} away`] : []),
    ...(count('lost') > 0 ? [`${count('lost')} lost`] : []),
  ];
  return { label: LABELS[kind], outcome: words.join(', '), wrong: count('lost') > 0, spans: [], points };
}

/** Whoever was routed to a pod that was leaving, and got no answer, has lost. */
function lostByPod(life: LifeFacts, { plan }: RunFacts): ReadonlySet<number> {
  const losses = rehearsalFacts(life, plan.routingLagMs)?.losses ?? [];
  return new Set(losses.map(({ exchange }) => exchange.id));
}

/** To a client of a service that is replaced, to be turned away is to have lost. */
function isLostInRollout(exchange: Exchange, facts: RunFacts): boolean {
  return exchange.end !== null && exchange.end.ending !== 'ended-by-tester' && wasLost(exchange, facts);
}

function pointState(exchange: Exchange): PointState {
  // What a gRPC library could not send at all is closed and not refused.
  if (exchange.kind === 'grpc-call' && exchange.connectedAt === null && exchange.end?.ending === 'closed')
    return 'away';
  switch (exchange.end?.ending) {
    case 'answered':
      return 'served';
    case 'rejected':
    case 'refused':
      return 'away';
    case undefined:
    case 'ended-by-tester':
      return 'ended';
    case 'short':
    case 'closed':
    case 'reset':
    case 'timed-out':
      return 'lost';
  }
}

function probeLane(probe: ProbeFacts, life: LifeFacts, toMs: number): Lane {
  const runs = probe.runs.filter((run) => run.last.endedAt >= (life.signal?.at ?? 0) - 1000);
  const spans = runs.map((run, index) => ({
    fromMs: afterSignal(life, run.first.startedAt),
    toMs: Math.min(toMs, afterSignal(life, runs[index + 1]?.first.startedAt ?? endOf(life))),
    state: laneState(run),
  }));
  const last = probe.drain.at(-1);
  const bad = probe.firstBad;
  const outcome =
    bad === null
      ? `${last?.outcome.kind === 'status' ? last.outcome.status : 'good'} to the end`
      : bad.outcome.kind === 'status'
        ? `${bad.outcome.status} after ${Math.round(afterSignal(life, bad.first.endedAt))} ms`
        : `${bad.outcome.kind} after ${Math.round(afterSignal(life, bad.first.endedAt))} ms`;
  return {
    label: probe.role,
    outcome,
    wrong: false,
    spans: spans.filter((span) => span.toMs > span.fromMs),
    points: [],
  };
}

function laneState(run: ProbeFacts['runs'][number]): LaneState {
  if (isGood(run.outcome)) return 'good';
  return run.outcome.kind === 'refused' ? 'gone' : 'bad';
}

function processLane(life: LifeFacts, fromMs: number, toMs: number): Lane {
  const { exit, killed } = life;
  const exitMs = exit === null ? toMs : Math.min(toMs, afterSignal(life, exit.at));
  const own = exit === null ? 'not seen' : (exit.signal ?? (exit.code === null ? 'gone' : `exit ${exit.code}`));
  // The process that was started may be gone while what it left behind had to be killed.
  const leftovers = killed !== null && exit !== null && exit.at < killed.at;
  const outcome = leftovers ? `${own}, rest killed` : own;
  return {
    label: 'process',
    outcome,
    wrong: killed !== null,
    spans: [{ fromMs, toMs: exitMs, state: 'busy' }],
    points: [
      { atMs: exitMs, state: killed === null || leftovers ? 'served' : 'lost' },
      ...(leftovers ? [{ atMs: toMs, state: 'lost' as const }] : []),
    ],
  };
}
