import type { ProbeFacts, Interval } from './probe.js';
import { EXIT_TEARDOWN_MS } from './probe.js';
import type { Exchange } from './exchange.js';

export interface ListenerFacts {
  /** From the last connection that was taken to the first that was refused, or null while it was open to the end. */
  closed: Interval | null;
  /** The events that prove it. */
  evidence: number[];
}

interface Knock {
  startedAt: number;
  endedAt: number;
  refused: boolean;
  seq: number;
}

/**
 * When the listener was closed, as seen by everything that opened a new connection after the signal.
 * @param endAt when the target was gone; refusals from then on are nobody's decision
 */
export function listenerFacts(
  probes: readonly ProbeFacts[],
  exchanges: readonly Exchange[],
  signalAt: number | null,
  endAt: number,
): ListenerFacts {
  if (signalAt === null) return { closed: null, evidence: [] };
  const knocks = [...probes.flatMap(probeKnocks), ...exchanges.flatMap(exchangeKnocks)];
  const refusals = knocks.filter(
    (knock) => knock.refused && knock.startedAt >= signalAt && knock.endedAt < endAt - EXIT_TEARDOWN_MS,
  );
  const first = refusals.sort((a, b) => a.endedAt - b.endedAt)[0];
  if (first === undefined) return { closed: null, evidence: [] };
  const taken = knocks
    .filter((knock) => !knock.refused && knock.startedAt < first.endedAt)
    .map((knock) => knock.startedAt);
  return { closed: { from: Math.max(signalAt, ...taken), to: first.endedAt }, evidence: [first.seq] };
}

function probeKnocks(probe: ProbeFacts): Knock[] {
  return probe.runs.flatMap((run) => {
    const refused = run.outcome.kind === 'refused';
    return [run.first, run.last].map((span) => ({ ...span, refused, seq: run.seq }));
  });
}

function exchangeKnocks(exchange: Exchange): Knock[] {
  const { kind } = exchange;
  if (kind !== 'new-connection' && kind !== 'new-work' && kind !== 'new-websocket') return [];
  const refused = exchange.end?.ending === 'refused';
  if (!refused && exchange.connectedAt === null) return [];
  return [
    { startedAt: exchange.openedAt, endedAt: exchange.end?.at ?? exchange.openedAt, refused, seq: exchange.evidence },
  ];
}
