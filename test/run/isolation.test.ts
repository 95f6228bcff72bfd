import { describe, expect, it } from 'vitest';
import type { ExchangeKind, EventBody } from '../../src/recording/events.js';
import type { ScenarioId } from '../../src/plan/types.js';
import type { RunContext } from '../../src/run/context.js';
import { kindsToIsolate } from '../../src/run/isolation.js';
import { SCENARIOS } from '../../src/scenarios/index.js';

const LIFE = 1;

/** What is isolated after a life with these kinds of work, given how long each scenario took to end. */
function isolated(
  id: ScenarioId,
  exits: Partial<Record<ScenarioId, number>>,
  kinds: readonly ExchangeKind[],
  restarts = true,
) {
  const opened = (kind: ExchangeKind, life: number): EventBody & { life: number } => ({
    type: 'exchange-opened',
    exchange: 1,
    kind,
    connection: 1,
    method: null,
    path: null,
    life,
  });
  const events = [...kinds.map((kind) => opened(kind, LIFE)), opened('stream', LIFE + 1)];
  const context = {
    recorder: { recording: () => ({ events }) },
    target: { restarts },
    known: { exits: new Map(Object.entries(exits)) },
  } as unknown as RunContext;
  const scenario = SCENARIOS.find((one) => one.id === id);
  if (scenario === undefined) throw new Error(`${id} is no scenario`);
  return kindsToIsolate(context, scenario, LIFE);
}

const IDLE: ExchangeKind[] = ['kept-after-answer', 'silent-connection', 'idle-connection'];

describe('kindsToIsolate', () => {
  it('isolates each kind of a death that was slow, in an order of its own', () => {
    const kinds = ['idle-connection', 'silent-connection', 'kept-after-answer'];
    expect(isolated('idle', { drain: 500, idle: 2600 }, IDLE)).toEqual(kinds);
    expect(isolated('idle', { drain: 500, idle: Infinity }, IDLE)).toEqual(kinds);
    expect(isolated('idle', { idle: 2600 }, IDLE)).toEqual(kinds);
  });

  it('isolates nothing of a death that was about as long as the plain one', () =>
    expect(isolated('idle', { drain: 500, idle: 2400 }, IDLE)).toEqual([]));

  it('isolates nothing of what has one life', () =>
    expect(isolated('idle', { drain: 500, idle: Infinity }, IDLE, false)).toEqual([]));

  it('isolates nothing where the plain death had to be killed too', () =>
    expect(isolated('idle', { drain: Infinity, idle: Infinity }, IDLE)).toEqual([]));

  it('isolates nothing where there was one kind only, and never the drain', () => {
    expect(isolated('stuck', { drain: 500, stuck: Infinity }, ['stuck-upload'])).toEqual([]);
    expect(isolated('drain', { drain: 9000 }, ['slow-response', 'stream', 'quiet-websocket'])).toEqual([]);
  });

  it('leaves out what cannot have held it', () =>
    expect(
      isolated('streams', { drain: 500, streams: Infinity }, ['stream', 'quiet-websocket', 'new-websocket']),
    ).toEqual(['stream', 'quiet-websocket']));
});
