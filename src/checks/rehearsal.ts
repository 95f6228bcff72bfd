import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { rehearsalFacts, type Loss, type RehearsalFacts } from '../recording/facts/rehearsal.js';
import type { Verdict } from './check.js';
import { lossWords, savers } from './rehearsal-words.js';
import { evidenceOf, fail, inconclusive, pass, plural, warn } from './verdict.js';

const SCENARIO = 'kubernetes';
const expected = 'every request is answered while the pod ends, on new connections and on kept ones';
/**
 * Where fewer of the new connections came than this part of those that were to, our own clients were at fault. At the usual
 * rate that is one in 67 ms, much less than a window in which new connections are lost takes. It is no stricter, since a
 * machine that tests something else beside it reaches no more. Gaps are looked at apart.
 */
const ENOUGH = 0.3;
/** In a gap of this length a window of losses may hide; or of a few arrivals, where they are rare. Milliseconds. */
const LONGEST_GAP_MS = 1000;
const LONGEST_GAP_ARRIVALS = 3;

/** Whether the end of a pod, played under traffic, lost any request. */
export function judgeRehearsal(life: LifeFacts, plan: Plan): Verdict {
  const facts = rehearsalFacts(life, plan.routingLagMs);
  if (facts?.pod.followedAt === null || facts === null)
    return inconclusive('the recording ends before routes had followed', SCENARIO);
  const { lostBefore, losses, pod } = facts;
  if (pod.startupFailed !== null)
    return inconclusive(
      `the startup probe of the manifest failed (${pod.startupFailed}), so that a kubelet would have ended the container before it took part`,
      SCENARIO,
      [pod.deleted.seq],
    );
  if (lostBefore.length > 0)
    return inconclusive(
      `${plural(lostBefore.length, 'request')} failed before the pod was deleted, so what failed later proves nothing`,
      SCENARIO,
      evidenceOf(lostBefore),
    );
  // However few came, what was lost was lost.
  if (losses.length > 0) return lost(facts, life, plan);
  const came = whyTooFew(facts);
  return came === null ? lostNone(facts, plan) : inconclusive(came, SCENARIO, [pod.deleted.seq]);
}

/** Without clients nothing is proved. */
function whyTooFew({ pod, arrivals, all, longestGapMs, openWhenKilled }: RehearsalFacts): string | null {
  const { ratePerSecond, at } = pod.deleted;
  const due = (((pod.followedAt ?? at) - at) / 1000) * ratePerSecond;
  if (arrivals < ENOUGH * due)
    return `only ${arrivals} of some ${Math.round(due)} new connections came while routes led there: this machine is too busy; play it again, or with a lower --rate`;
  if (longestGapMs > Math.max(LONGEST_GAP_MS, (LONGEST_GAP_ARRIVALS * 1000) / ratePerSecond))
    return `no new connection came for ${formatDuration(longestGapMs)} while routes led there: this machine is too busy; play it again`;
  if (openWhenKilled > 0)
    return `it was killed with ${plural(openWhenKilled, 'kept connection')} open; that nobody waited for an answer in that moment is chance`;
  return all.kept.length === 0 ? 'no request was sent on a kept connection' : null;
}

function lost(facts: RehearsalFacts, life: LifeFacts, plan: Plan): Verdict {
  const { losses } = facts;
  const observed = `${lossWords(facts)}${scaleWords(facts)}`;
  const evidence = evidenceOf(losses.map(({ exchange }) => exchange));
  const excused = (excuse: Loss['excuse']) => losses.some((loss) => loss.excuse === excuse);
  if (losses.every(({ excuse }) => excuse !== null))
    return warn(SCENARIO, {
      expected,
      observed,
      because: excused('crossed')
        ? 'each crossed with the closing of its kept connection, which was not announced; Connection: close in the answer before would have spared it'
        : 'each came in the moment in which routes followed: the delay has no margin',
      evidence,
    });
  const { hostSemantics } = facts.pod.deleted;
  const host = hostSemantics === null ? {} : { because: `host semantics: ${hostSemantics}` };
  return fail(SCENARIO, { expected, observed, ...host, cure: savers(facts, life, plan), evidence });
}

function lostNone(facts: RehearsalFacts, plan: Plan): Verdict {
  const { pod, all, unannounced } = facts;
  const { timeScale, routingLagMs, hostSemantics } = pod.deleted;
  if (timeScale > 1)
    return inconclusive(
      `nothing was lost, but waits were ${timeScale} times shorter than they are (--time-scale), and the target was not; play it without`,
      SCENARIO,
      [pod.deleted.seq],
    );
  if (plan.routingLagMs > routingLagMs * timeScale)
    return inconclusive(
      `nothing was lost with a routing lag of ${formatDuration(routingLagMs)}; play it again to know of ${formatDuration(plan.routingLagMs)}`,
      SCENARIO,
      [pod.deleted.seq],
    );
  const notes = [
    unannounced === 0
      ? null
      : `${plural(unannounced, 'kept connection')} closed without word: a request that is on its way then is reset`,
    hostSemantics === null ? null : `host semantics: ${hostSemantics}`,
    ...pod.sidecars.map(sidecarNote),
  ].filter((note) => note !== null);
  return pass(
    SCENARIO,
    `${all.new.length} on new, ${all.kept.length} on kept connections, none lost`,
    [pod.deleted.seq],
    notes.length === 0 ? null : notes.join('; '),
  );
}

function sidecarNote({ name, notStarted, killed }: RehearsalFacts['pod']['sidecars'][number]): string | null {
  if (notStarted !== null) return `the sidecar ${name} was not started: ${notStarted}`;
  return killed ? `the sidecar ${name} had to be killed at the end of its grace period` : null;
}

function scaleWords({ pod }: RehearsalFacts): string {
  return pod.deleted.timeScale > 1 ? ` (waits ${pod.deleted.timeScale} times shorter than they are)` : '';
}
