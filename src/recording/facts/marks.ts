import type { EventOf, RecordedEvent } from '../events.js';

/** One request that carried an id of ours, and where that id was seen. Times are those of the recording. */
export interface MarkedRequest {
  id: string;
  /** Its exchange; null: it was sent in peace. */
  of: number | null;
  path: string;
  answeredAt: number | null;
  /** When telemetry first named it; null: never. */
  exportedAt: number | null;
  /** When the output first named it. */
  loggedAt: number | null;
  evidence: number;
}

/** The marked requests of one life, and what came of telemetry and output. */
export interface MarkFacts {
  requests: MarkedRequest[];
  /** When it began to be seen in peace where requests show. */
  peaceAt: number | null;
  exports: EventOf<'telemetry-received'>[];
  statsd: EventOf<'statsd-received'>[];
  /** How the output ended, before the signal and in the end. */
  output: Partial<Record<'before' | 'end', EventOf<'output-state'>>>;
}

export function collectMarks(events: readonly RecordedEvent[]): MarkFacts {
  const facts: MarkFacts = { requests: [], peaceAt: null, exports: [], statsd: [], output: {} };
  const byId = new Map<string, MarkedRequest>();
  // A name may be seen before its request is told of.
  const exported = new Map<string, number>();
  const logged = new Map<string, number>();
  for (const event of events) {
    if (event.type === 'request-marked') {
      const { id, of, path, answeredAt, seq: evidence } = event;
      byId.set(id, { id, of, path, answeredAt, exportedAt: null, loggedAt: null, evidence });
    } else if (event.type === 'telemetry-received') {
      facts.exports.push(event);
      for (const id of event.ids) if (!exported.has(id)) exported.set(id, event.at);
    } else if (event.type === 'request-logged') {
      if (!logged.has(event.id)) logged.set(event.id, event.at);
    } else if (event.type === 'statsd-received') facts.statsd.push(event);
    else if (event.type === 'peace-begun') facts.peaceAt = event.at;
    else if (event.type === 'output-state') facts.output[event.when] = event;
  }
  for (const [id, request] of byId) {
    request.exportedAt = exported.get(id) ?? null;
    request.loggedAt = logged.get(id) ?? null;
  }
  facts.requests = [...byId.values()];
  return facts;
}
