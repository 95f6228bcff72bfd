import type { EventOf, RecordedEvent } from '../events.js';
import type { Exchange } from './exchange.js';
import type { Goodbye } from './life.js';
import { hasFailed, isGood } from './probe.js';

/** Kinds whose clients ask all the time, so that their answers tell how it is. */
const STEADY = ['new-connection', 'reused-connection'];

/**
 * How the end was begun; null when it was not. A signal of ours has an exact time. A stop command may take a while to do
 * anything, and a person does it whenever they like: the last moment in which all was as before is the last that can be
 * said to come before it.
 */
export function beginningOf(events: readonly RecordedEvent[], exchanges: readonly Exchange[]): Goodbye | null {
  const sent = events.find((event) => event.type === 'signal-sent');
  if (sent !== undefined) return { at: sent.at, seq: sent.seq, signal: sent.signal, certainAt: sent.at };
  const begun = events.find((event) => event.type === 'stop-begun');
  if (begun === undefined) return deletionOf(events);
  const change = firstChange(events, exchanges, begun.at);
  if (begun.by === 'hand')
    return change === null ? null : { at: change.lastWellAt, seq: change.seq, signal: null, certainAt: change.at };
  // A container engine tells of a signal a moment after it has passed it on.
  const told = events.find((event) => event.type === 'container-event' && event.action === 'kill');
  const at = Math.max(begun.at, Math.min(told?.at ?? Infinity, change?.lastWellAt ?? Infinity));
  const certainAt = Math.min(told?.at ?? Infinity, change?.at ?? Infinity);
  const seen = Number.isFinite(certainAt);
  return { at: seen ? at : begun.at, seq: begun.seq, signal: null, certainAt: seen ? certainAt : begun.at };
}

/** A pod that ended before it was signalled: what its hook did ended it, or it died meanwhile. */
function deletionOf(events: readonly RecordedEvent[]): Goodbye | null {
  const deleted = events.find((event) => event.type === 'pod-deleted');
  return deleted === undefined ? null : { at: deleted.at, seq: deleted.seq, signal: null, certainAt: deleted.at };
}

/** Whether anything was not as before, from the stop on. */
export function anythingChanged(events: readonly RecordedEvent[], exchanges: readonly Exchange[]): boolean {
  const begun = events.find((event) => event.type === 'stop-begun');
  return begun !== undefined && firstChange(events, exchanges, begun.at) !== null;
}

/** The first thing that was not as before the stop, and the last moment before it in which all was well. */
function firstChange(
  events: readonly RecordedEvent[],
  exchanges: readonly Exchange[],
  from: number,
): { at: number; lastWellAt: number; seq: number } | null {
  const probes = events.filter((event) => event.type === 'probe-run');
  const isUnwell = (exchange: Exchange) => wentWrong(exchange, statusInPeace(exchange, events));
  const announced = newlyAnnounced(exchanges);
  const changes = [
    ...turnedBad(probes).map((run) => ({ at: run.first.endedAt, seq: run.seq })),
    ...exchanges.filter(isUnwell).map(({ end, evidence }) => ({ at: end?.at ?? Infinity, seq: evidence })),
    ...announced.map(({ end, evidence }) => ({ at: end?.at ?? Infinity, seq: evidence })),
  ].filter(({ at }) => at >= from);
  const first = changes.sort((a, b) => a.at - b.at)[0];
  if (first === undefined) return null;
  const well = [
    ...probes.filter(({ outcome }) => isGood(outcome)).flatMap((run) => [run.first.startedAt, run.last.startedAt]),
    ...exchanges
      .filter((one) => STEADY.includes(one.kind) && !isUnwell(one) && !announced.includes(one))
      .map((one) => one.openedAt),
  ].filter((at) => at < first.at);
  return { ...first, lastWellAt: Math.max(from, ...well) };
}

function turnedBad(runs: readonly EventOf<'probe-run'>[]): EventOf<'probe-run'>[] {
  return runs.filter((run, index) => {
    const before = runs.slice(0, index).findLast((other) => other.role === run.role);
    return hasFailed(run.outcome) && before !== undefined && isGood(before.outcome);
  });
}

/** Answers that say `Connection: close` on connections of a service that did not say so before. */
function newlyAnnounced(exchanges: readonly Exchange[]): Exchange[] {
  const reused = exchanges.filter((one) => one.kind === 'reused-connection' && one.end?.ending === 'answered');
  const before = reused.findIndex((one) => one.end?.announcedClose === false);
  return before < 0 ? [] : reused.slice(before).filter((one) => one.end?.announcedClose === true);
}

/** What an exchange is answered in peace, as far as that was seen. */
function statusInPeace({ method, path }: Exchange, events: readonly RecordedEvent[]): number | null {
  for (const event of events) {
    if (event.type === 'baseline-measured' && event.method === method && event.path === path) return event.status;
    if (event.type === 'plain-path-chosen' && event.path === path) return event.status;
  }
  return null;
}

/** It did not end as in peace. A kept connection that is closed between two questions is no such thing. */
function wentWrong({ end }: Exchange, usual: number | null): boolean {
  if (end === null || end.ending === 'ended-by-tester') return false;
  if (end.ending !== 'answered' && end.ending !== 'rejected') return true;
  const status = end.status ?? 0;
  return usual === null ? status >= 500 : status >= 400 && status !== usual;
}

/**
 * The last moment in which a service without visible processes showed that it was there: what is refused after that may
 * be the mere consequence of its death.
 */
export function lastSignOfLife(events: readonly RecordedEvent[], exchanges: readonly Exchange[]): number | null {
  const signs = [
    ...events.flatMap((event) => {
      if (event.type === 'probe-run' && event.outcome.kind === 'status') return [event.last.endedAt];
      return event.type === 'connection-closed' && event.by === 'fin' ? [event.at] : [];
    }),
    ...exchanges.flatMap(({ end, connectedAt }) => {
      if (end === null || ['refused', 'timed-out', 'ended-by-tester'].includes(end.ending)) return [];
      // A gRPC call that finds nobody is closed and not refused.
      return end.ending === 'closed' && connectedAt === null ? [] : [end.at];
    }),
  ];
  return signs.length === 0 ? null : Math.max(...signs);
}
