import { formatDuration } from '../plan/durations.js';
import { arrivals, type Arrivals } from '../recording/facts/arrivals.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { countEndings, evidenceOf, fail, inconclusive, inScenario, pass, skip } from './verdict.js';

const expected = 'new work is turned away (refused or 503) before the exit, or all that was taken is finished';

export const stopsAccepting = defineCheck({
  id: 'stops-accepting',
  item: 2,
  level: () => 'must',
  view: 'instance',
  needs: 'listener',
  topic: 'New work before the exit',
  kept: 'New work was turned away before the exit',
  broken: 'New work was taken up to the end and then cut off',
  why: 'A service that goes on taking work until it dies always cuts off the last of it.',
  sources: [{ mark: 'L', text: 'graceful-shutdown checklist: stop accepting new connections' }],
  cure: 'close the listener (or answer 503) first, and exit only when the work that was taken is done',
  judge: (facts) => inScenario(facts, 'drain', judgeDrain),
});

function judgeDrain(life: LifeFacts): Verdict {
  const seen = arrivals(life);
  const end = endOf(life);
  if (life.signal === null || !Number.isFinite(end))
    return inconclusive('the recording ends before the target did', 'drain');
  if (seen.all.length === 0)
    return skip(
      `it was gone ${formatDuration(afterSignal(life, end))} after the signal, before a new connection could be tried`,
      'drain',
    );
  const words = countEndings(seen.all);
  const lastTurnedAway = Math.max(...seen.turnedAway.map((exchange) => exchange.openedAt));
  const cutAfterwards = seen.dropped.filter(
    (exchange) => exchange.openedAt > lastTurnedAway && !seen.raced.includes(exchange),
  );
  if (seen.turnedAway.length > 0 && cutAfterwards.length > 0)
    return fail('drain', { expected, observed: words, evidence: evidenceOf(cutAfterwards) });
  if (seen.turnedAway.length > 0) return pass('drain', words, evidenceOf(seen.turnedAway));
  if (life.listener.closed !== null)
    return pass(
      'drain',
      `the listener was closed ${formatDuration(afterSignal(life, life.listener.closed.to))} after the signal`,
      life.listener.evidence,
    );
  if (life.killed !== null)
    return fail('drain', {
      expected,
      observed: `${words}; it was still taking work when it was killed`,
      evidence: [...evidenceOf(seen.dropped), life.killed.seq],
    });
  if (seen.dropped.length > 0) return fail('drain', { expected, observed: words, evidence: evidenceOf(seen.dropped) });
  return servedToTheEnd(seen);
}

/** Nothing was turned away and nothing was cut. That is proof only if there was work to cut. */
function servedToTheEnd(seen: Arrivals): Verdict {
  const work = seen.served.filter((exchange) => exchange.kind === 'new-work');
  if (work.length > 0)
    return pass('drain', `${countEndings(seen.all)}; all that was taken was finished`, evidenceOf(work));
  return inconclusive(
    'new connections were served to the end, and none carried work that could have been cut; name a slow endpoint with --slow',
    'drain',
    evidenceOf(seen.served),
  );
}
