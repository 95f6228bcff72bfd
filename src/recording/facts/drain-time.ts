import type { ScenarioId } from '../../plan/types.js';
import { timeToExit } from './life.js';
import type { RunFacts } from './run.js';
import { serving } from './serving.js';

/** Deaths like those of every day: without the length of each of them nothing can be said. */
const EVERY_DAY: readonly ScenarioId[] = ['drain', 'idle', 'streams'];
/** Deaths that count where they came to their own end. */
const SPECIAL: readonly ScenarioId[] = ['stuck', 'repeat-signal'];

/** The longest drain that was measured, and the scenario it was measured in. */
export interface LongestDrain {
  ms: number;
  scenario: ScenarioId;
}

/** How long the longest drain took; null where the drain was not played, or one did not come to its own end. */
export function longestDrain(facts: RunFacts): LongestDrain | null {
  const { drain } = facts.played;
  const times = timesOf(facts, EVERY_DAY);
  if (drain === undefined || drain.signal === null || times.some(({ ms }) => ms === null)) return null;
  return [...times, ...timesOf(facts, SPECIAL)].reduce<LongestDrain>(
    (longest, { ms, scenario }) => (ms !== null && ms > longest.ms ? { ms, scenario } : longest),
    { ms: 0, scenario: 'drain' },
  );
}

/** A death of every day that had to be ended by SIGKILL, or null. */
export function killedDrain({ played }: RunFacts): ScenarioId | null {
  return EVERY_DAY.find((id) => (played[id]?.killed ?? null) !== null) ?? null;
}

/** For how long after the signal new connections were served; null where the drain was not played. Milliseconds. */
export function acceptTime({ played: { drain } }: RunFacts): number | null {
  if (drain === undefined || drain.signal === null || (drain.exit === null && !drain.outside)) return null;
  const { until, endedAt } = serving(drain);
  return until === null ? 0 : Math.max(0, endedAt - drain.signal.at);
}

/**
 * For how long at the most new connections were served after readiness had failed in the drain; null where it was not
 * played or readiness did not fail in it. Milliseconds.
 */
export function servedAfterUnready(facts: RunFacts): number | null {
  const { drain } = facts.played;
  if (acceptTime(facts) === null || drain?.readiness.flipped == null) return null;
  const { until, endedAt } = serving(drain);
  return until === null ? 0 : Math.max(0, endedAt - drain.readiness.flipped.from);
}

/** What is added to the longest drain, since no measurement is the worst case: 2 s or a fifth. Milliseconds. */
export function marginOf(drainMs: number): number {
  return Math.max(2000, 0.2 * drainMs);
}

/** How long the deaths of some scenarios took; null for one that did not come to its own end. Milliseconds. */
function timesOf(
  { played }: RunFacts,
  scenarios: readonly ScenarioId[],
): { ms: number | null; scenario: ScenarioId }[] {
  return scenarios.flatMap((scenario) => {
    const life = played[scenario];
    return life === undefined ? [] : [{ ms: timeToExit(life), scenario }];
  });
}
