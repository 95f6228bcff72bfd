import type { ExchangeKind } from '../recording/events.js';
import { STUCK_KINDS } from '../recording/facts/exchange.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { RunContext } from './context.js';

/** The kinds of work of which one may hold an exit for the others. */
const ISOLATED: readonly ExchangeKind[] = [
  'idle-connection',
  'silent-connection',
  'kept-after-answer',
  'stream',
  'grpc-stream',
  'quiet-websocket',
  'talking-websocket',
  ...STUCK_KINDS,
];

/** A death that took so much longer than the plain one is slow. Milliseconds; the same as in closes-idle-connections. */
const SLOWER_BY_MS = 2000;

/** Which kinds of a life's work to play alone: all that were in place, if its exit was slow and there were several. */
export function kindsToIsolate(
  { recorder, known, target }: RunContext,
  scenario: Scenario,
  life: number,
): ExchangeKind[] {
  const exitAfterMs = known.exits.get(scenario.id) ?? 0;
  const plain = known.exits.get('drain');
  // Nothing can be played again with what has one life.
  if (!target.restarts) return [];
  // A target that does not end without such work either has nothing to be isolated.
  if (scenario.id === 'drain' || plain === Infinity || exitAfterMs <= (plain ?? 0) + SLOWER_BY_MS) return [];
  const present = new Set<ExchangeKind>();
  for (const event of recorder.recording().events)
    if (event.type === 'exchange-opened' && event.life === life) present.add(event.kind);
  const kinds = ISOLATED.filter((kind) => present.has(kind));
  return kinds.length > 1 ? kinds : [];
}
