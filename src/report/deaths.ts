import type { ScenarioId } from '../plan/types.js';
import type { Ending } from '../recording/events.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { kindLabel } from './timeline.js';

/** Every exchange of one death, for a picture that can be looked into. Times are milliseconds after the signal. */
export interface Death {
  scenario: ScenarioId;
  /** The signal, as milliseconds since the recording began, which tells deaths of one scenario apart. */
  startedAt: number;
  exchanges: Stroke[];
}

export interface Stroke {
  /** What it was, in the words of reports. */
  kind: string;
  request: string;
  fromMs: number;
  /** Null: it had not ended when the death was over. */
  toMs: number | null;
  ending: Ending | 'open';
  status: number | null;
  bytes: number;
  detail: string | null;
}

/** The exchanges of every death that was played to answer a question, in the order of the report's scenarios. */
export function deathsOf(facts: RunFacts): Death[] {
  return facts.lives
    .filter((life) => life.purpose === 'scenario' && life.signal !== null)
    .map((life) => ({
      scenario: life.scenario,
      startedAt: life.startedAt,
      exchanges: life.exchanges.map((exchange) => stroke(exchange, life)),
    }));
}

function stroke(exchange: Exchange, life: LifeFacts): Stroke {
  const { kind, method, path, openedAt, end, websocket } = exchange;
  const code = websocket?.code ?? null;
  // An idle connection has had its answer long before; what it is there for is how it is closed.
  const closed = kind === 'idle-connection' || kind === 'silent-connection' ? connectionEnd(exchange, life) : null;
  const endedAt = closed ?? end?.at ?? null;
  return {
    kind: kindLabel(kind),
    request: [method, path].filter((word) => word !== null).join(' '),
    fromMs: afterSignal(life, openedAt),
    toMs: endedAt === null || endedAt > endOf(life) + 1000 ? null : afterSignal(life, endedAt),
    ending: end?.ending ?? 'open',
    status: end?.status ?? null,
    bytes: end?.bytes ?? 0,
    detail: code === null ? (end?.detail ?? null) : `closed with ${code}`,
  };
}

function connectionEnd({ connection }: Exchange, { connectionEnds }: LifeFacts): number | null {
  return connectionEnds.find((end) => end.connection === connection)?.at ?? null;
}
