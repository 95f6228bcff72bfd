import { formatDuration } from '../plan/durations.js';
import type { ManifestPlan } from '../plan/manifest.js';
import { LAG_MARGIN_MS, preStopFor, slowestRoutes } from '../plan/routes.js';
import { longestDrain, marginOf } from '../recording/facts/drain-time.js';
import { serving } from '../recording/facts/serving.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { ItemNumber } from '../checks/check.js';
import type { Recommendation } from './types.js';

/**
 * The two numbers of a pod template that this death asks for, with the sum written out: the grace period has to hold
 * the preStop delay, the longest drain that was measured, and a margin of 2 s or 20 %. With a manifest the slowest
 * route in it counts, and a delay that it has already and that is long enough stays.
 * Null when the drain was not measured to its own end.
 */
export function recommend(facts: RunFacts): Recommendation | null {
  const { drain } = facts.played;
  const longest = longestDrain(facts);
  if (drain === undefined || drain.signal === null || longest === null) return null;
  const servedMs = Math.max(0, serving(drain).endedAt - drain.signal.at);
  const { seconds, words } = delay(facts, servedMs);
  const marginMs = marginOf(longest.ms);
  const grace = Math.ceil((seconds * 1000 + longest.ms + marginMs) / 1000);
  const sum = `${seconds} s preStop + ${formatDuration(longest.ms)} longest drain + ${formatDuration(marginMs)} margin`;
  return {
    terminationGracePeriodSeconds: grace,
    preStopSeconds: seconds,
    because: `preStop: ${words}; grace period: ${sum}`,
  };
}

/** The preStop delay, and where it comes from. */
function delay({ plan }: RunFacts, servedMs: number): { seconds: number; words: string } {
  const { manifest, routingLagMs, worker } = plan;
  if (worker !== undefined) return { seconds: 0, words: 'nobody sends anything to a queue worker' };
  const served = `new connections were served for ${formatDuration(servedMs)}`;
  if (manifest?.pod == null) {
    const seconds = Math.max(0, Math.ceil((routingLagMs - servedMs) / 1000));
    return { seconds, words: `routes take ${formatDuration(routingLagMs)} to follow, and ${served}` };
  }
  const { pod, workloads } = manifest;
  const [slowest] = slowestRoutes(workloads);
  const lagMs = Math.max(routingLagMs, slowest?.lagMs ?? 0);
  const needed = pod.served ? preStopFor(lagMs, servedMs) : 0;
  const container = workloads[0]?.containers.find(({ name }) => name === pod.container);
  const present = Math.ceil((container?.preStop?.takesMs ?? 0) / 1000);
  if (present >= needed && present > 0)
    return { seconds: present, words: `the delay of ${present} s in the manifest, ${needed} s would do` };
  if (!pod.served) return { seconds: 0, words: 'clients are not sent to it' };
  const who = slowest !== undefined && lagMs > routingLagMs ? slowest.name : 'routes';
  return {
    seconds: needed,
    words: `${who} take${who === 'routes' ? '' : 's'} ${formatDuration(lagMs)} to follow, with ${formatDuration(LAG_MARGIN_MS)} of margin, and ${served}`,
  };
}

/** What an item of the checklist that is about manifests can say of its number, or null. */
export function advice(
  item: ItemNumber,
  recommendation: Recommendation | null,
  manifest: ManifestPlan | null = null,
): string | null {
  if (recommendation === null) return null;
  const [preStop = '', grace = ''] = recommendation.because.split('; ');
  const unread = manifest === null ? 'no manifest was read; ' : '';
  if (item === 6)
    return `${unread}this death asks for a delay of ${recommendation.preStopSeconds} s (${preStop.replace('preStop: ', '')})`;
  if (item === 7)
    return `${unread}this death asks for ${recommendation.terminationGracePeriodSeconds} (${grace.replace('grace period: ', '')})`;
  return null;
}
