import { formatDuration } from '../plan/durations.js';
import type { ScenarioId } from '../plan/types.js';
import { timeToExit } from '../recording/facts/life.js';
import { serving } from '../recording/facts/serving.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { ItemNumber } from '../checks/check.js';
import type { Recommendation } from './types.js';

/** Deaths like those of every day: without the length of each of them nothing can be recommended. */
const EVERY_DAY: readonly ScenarioId[] = ['drain', 'idle', 'streams'];
/** Deaths that count where they came to their own end. */
const SPECIAL: readonly ScenarioId[] = ['stuck', 'repeat-signal'];

/**
 * The two numbers of a pod template that this death asks for, with the sum written out: the grace period has to hold
 * the preStop delay, the longest drain that was measured, and a margin of 2 s or 20 %.
 * Null when the drain was not measured to its own end.
 */
export function recommend(facts: RunFacts): Recommendation | null {
  const { drain } = facts.played;
  const times = timesOf(facts, EVERY_DAY);
  if (drain === undefined || drain.signal === null || times.includes(null)) return null;
  const longestMs = Math.max(...[...times, ...timesOf(facts, SPECIAL)].map((ms) => ms ?? 0));
  const servedMs = Math.max(0, serving(drain).endedAt - drain.signal.at);
  const preStopSeconds = Math.max(0, Math.ceil((facts.plan.routingLagMs - servedMs) / 1000));
  const marginMs = Math.max(2000, 0.2 * longestMs);
  const grace = Math.ceil((preStopSeconds * 1000 + longestMs + marginMs) / 1000);
  const preStop = `routes take ${formatDuration(facts.plan.routingLagMs)} to follow, and new connections were served for ${formatDuration(servedMs)}`;
  const sum = `${preStopSeconds} s preStop + ${formatDuration(longestMs)} longest drain + ${formatDuration(marginMs)} margin`;
  return { terminationGracePeriodSeconds: grace, preStopSeconds, because: `preStop: ${preStop}; grace period: ${sum}` };
}

/** How long the deaths of some scenarios took; null for one that did not come to its own end. Milliseconds. */
function timesOf({ played }: RunFacts, scenarios: readonly ScenarioId[]): (number | null)[] {
  return scenarios.flatMap((id) => (played[id] === undefined ? [] : [timeToExit(played[id])]));
}

/** What an item of the checklist that needs a manifest can say without one, or null. */
export function advice(item: ItemNumber, recommendation: Recommendation | null): string | null {
  if (recommendation === null) return null;
  const [preStop = '', grace = ''] = recommendation.because.split('; ');
  if (item === 6)
    return `no manifest was read; this death asks for a delay of ${recommendation.preStopSeconds} s (${preStop.replace('preStop: ', '')})`;
  if (item === 7)
    return `no manifest was read; this death asks for ${recommendation.terminationGracePeriodSeconds} (${grace.replace('grace period: ', '')})`;
  return null;
}
