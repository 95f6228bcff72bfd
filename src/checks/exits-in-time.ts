import { formatDuration } from '../plan/durations.js';
import type { ScenarioId } from '../plan/types.js';
import { heldAlone } from '../recording/facts/isolation.js';
import { timeToExit, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck } from './check.js';
import { inHand, named } from './worker-jobs.js';
import { heldBy } from './kind-words.js';
import { fail, inconclusive, noDeath, onlyIfFinished, pass, playedIn, plural } from './verdict.js';

/** The deaths that begin with the signal of the run, in a service that is ready; the others have checks of their own. */
const JUDGED: readonly ScenarioId[] = ['drain', 'idle', 'streams', 'stuck', 'repeat-signal', 'load', 'jobs'];

export const exitsInTime = defineCheck({
  id: 'exits-in-time',
  item: 1,
  level: () => 'must',
  view: 'processes',
  topic: 'Time to exit',
  kept: 'Gone within the grace period of the signal',
  broken: 'Still running at the end of the grace period',
  why: 'What is not gone by then is killed, with whatever it still has in its hands.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: handle SIGTERM; terminationGracePeriodSeconds' },
    { mark: 'K', text: 'Kubernetes documentation, Pod Lifecycle: SIGKILL follows when the grace period is over' },
  ],
  cure: 'bound every wait of the shutdown below the grace period, or raise terminationGracePeriodSeconds',
  judge: (facts, plan) => {
    const lives = playedIn(facts, JUDGED);
    if (lives.length === 0) return noDeath(facts);
    const expected = `every process gone within ${formatDuration(plan.gracePeriodMs)} of the signal, without SIGKILL`;
    const killed = lives.filter((life) => life.killed !== null);
    if (killed.length > 0) {
      return fail(killed[0]?.scenario ?? null, {
        expected,
        observed: killed.map((life) => `${stillOpen(life)}${heldBy(heldAlone(facts, life.scenario))}`).join('; '),
        evidence: killed.flatMap((life) => [life.graceOver?.seq, life.killed?.seq]).filter((seq) => seq !== undefined),
      });
    }
    const times = lives.map((life) => ({ life, ms: timeToExit(life) }));
    const slowest = times.sort((a, b) => (b.ms ?? Infinity) - (a.ms ?? Infinity))[0];
    if (slowest?.ms === undefined || slowest.ms === null)
      return inconclusive('the recording ends before the target did');
    // A recording may be judged again under a shorter grace period than it was made with.
    if (slowest.ms > plan.gracePeriodMs) {
      return fail(slowest.life.scenario, {
        expected,
        observed: `it took ${formatDuration(slowest.ms)} in ${slowest.life.scenario}`,
        evidence: [slowest.life.exit?.seq ?? 0],
      });
    }
    const which = lives.length > 1 ? ` (${slowest.life.scenario})` : '';
    return onlyIfFinished(
      facts,
      pass(
        slowest.life.scenario,
        `slowest ${formatDuration(slowest.ms)}${which}`,
        lives.flatMap((life) => life.exit?.seq ?? []),
      ),
      JUDGED,
    );
  },
});

function stillOpen(life: LifeFacts): string {
  const alive = life.graceOver?.alive.map((process) => `pid ${process.pid} (${process.command})`) ?? [];
  if (life.isWorker) {
    const { cut } = inHand(life);
    const what = cut.length === 0 ? 'with no job in hand that is known' : `with ${named(cut)} in hand`;
    return `SIGKILL was needed in ${life.scenario} for ${alive.slice(0, 3).join(', ') || 'the target'}, ${what}`;
  }
  const count = openConnections(life, life.graceOver?.at ?? Infinity);
  const open = count === 0 ? 'with no connection of ours open' : `with ${plural(count, 'connection')} of ours open`;
  return `SIGKILL was needed in ${life.scenario} for ${alive.slice(0, 3).join(', ') || 'the target'}, ${open}`;
}

/** Connections that were open at a moment: those that are kept end by themselves, the others with their exchange. */
function openConnections(life: LifeFacts, at: number): number {
  const ended = new Map(life.connectionEnds.map((end) => [end.connection, end.at]));
  const kept = ['idle-connection', 'silent-connection', 'kept-after-answer', 'reused-connection'];
  const open = life.exchanges.filter((exchange) => {
    const end = kept.includes(exchange.kind) ? ended.get(exchange.connection) : exchange.end?.at;
    return exchange.openedAt < at && (end ?? Infinity) >= at;
  });
  return new Set(open.map((exchange) => exchange.connection)).size;
}
