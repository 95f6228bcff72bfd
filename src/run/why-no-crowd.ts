import type { Origin } from '../plan/origin.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { KnownWork, RunContext } from './context.js';

/** Why thousands of connections would show nothing about this target; null where none are wanted, or they would. */
export async function whyNoCrowd(
  { plan, recorder }: RunContext,
  scenario: Scenario,
  origin: Origin,
  life: number,
  work: KnownWork,
): Promise<string | null> {
  if (!scenario.crowd || plan.load === null) return null;
  const [{ whyNothingToOpen }, { whyTooMany }] = await Promise.all([
    import('./crowd-groups.js'),
    import('./crowd-limits.js'),
  ]);
  const owners = recorder
    .recording()
    .events.flatMap((event) =>
      event.type === 'listener-found' && event.life === life ? event.listeners.map(({ pid }) => pid) : [],
    );
  return whyNothingToOpen(plan, plan.load, work) ?? whyTooMany(plan.load, origin, [...new Set(owners)]);
}
