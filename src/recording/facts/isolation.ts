import type { ScenarioId } from '../../plan/types.js';
import type { ExchangeKind } from '../events.js';
import type { LifeFacts } from './life.js';
import type { RunFacts } from './run.js';

/**
 * The kinds of work that held the exit of a scenario all by themselves, as far as its death was played again to find out.
 * @param held whether a death took as long as the one that is to be explained
 */
export function heldAlone(
  facts: RunFacts,
  scenario: ScenarioId,
  held: (life: LifeFacts) => boolean = (life) => life.killed !== null,
): ExchangeKind[] {
  const kinds = facts.isolated
    .filter((life) => life.scenario === scenario && held(life))
    .flatMap((life) => life.alone ?? []);
  return [...new Set(kinds)];
}
