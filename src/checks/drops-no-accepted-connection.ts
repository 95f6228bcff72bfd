import { formatDuration } from '../plan/durations.js';
import { arrivals, webSocketArrivals, type Arrivals } from '../recording/facts/arrivals.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Status, type Verdict } from './check.js';
import {
  countEndings,
  evidenceOf,
  fail,
  inconclusive,
  inScenario,
  pass,
  plural,
  skip,
  tally,
  warn,
} from './verdict.js';

export const dropsNoAcceptedConnection = defineCheck({
  id: 'drops-no-accepted-connection',
  item: 2,
  level: () => 'must',
  view: 'instance',
  needs: 'listener',
  topic: 'New connections that were taken',
  kept: 'No new connection was taken and then dropped',
  broken: 'New connections were taken and then dropped',
  why: 'A refused client tries elsewhere at once. One that was accepted and then dropped has lost its request, and may not know whether it was carried out.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: stop accepting new connections' },
    { mark: 'F', text: 'a process that no longer accepts still has a kernel that does, until its listener is closed' },
  ],
  cure: 'close the listener before anything else, and answer what has been accepted before you exit',
  judge: judgeBoth,
});

/** What weighs more is said of the two together; of equals, what the drain says. */
const WORST_FIRST: readonly Status[] = ['fail', 'inconclusive', 'warn', 'pass', 'skip'];

function judgeBoth(facts: RunFacts): Verdict {
  const drain = inScenario(facts, 'drain', judgeDrain);
  const streams = facts.played.streams === undefined ? null : judgeWebSockets(facts.played.streams);
  if (streams === null) return drain;
  if (drain.status === 'pass' && streams.status === 'pass')
    return pass('drain', `${drain.observed ?? ''}; ${streams.observed ?? ''}`, [
      ...drain.evidence,
      ...streams.evidence,
    ]);
  return WORST_FIRST.indexOf(streams.status) < WORST_FIRST.indexOf(drain.status) ? streams : drain;
}

function judgeDrain(life: LifeFacts): Verdict {
  const seen = arrivals(life);
  if (seen.all.length === 0) return skip('no new connection could be tried before it was gone', 'drain');
  const words = countEndings(seen.all);
  return judgeArrivals(seen, life, {
    words,
    dropped: `${words}; ${plural(seen.dropped.length, 'connection')} dropped`,
    expected: 'every new connection is answered in full or refused',
  });
}

/** The WebSockets that were opened after the signal; null when there were none. */
function judgeWebSockets(life: LifeFacts): Verdict | null {
  const seen = webSocketArrivals(life);
  if (seen.all.length === 0) return null;
  const word = (exchange: Exchange) =>
    seen.served.includes(exchange)
      ? 'closed with a close frame'
      : seen.turnedAway.includes(exchange)
        ? 'turned away'
        : 'dropped';
  const words = `new WebSockets: ${tally(seen.all.map(word))}`;
  const expected = 'every new WebSocket is closed with a close frame or turned away';
  return judgeArrivals(seen, life, { words, dropped: words, expected });
}

/** Says what became of them; `dropped` are the words of a failure, and the time of the first follows them. */
function judgeArrivals(
  seen: Arrivals,
  life: LifeFacts,
  { words, dropped, expected }: { words: string; dropped: string; expected: string },
): Verdict {
  const { scenario } = life;
  const evidence = evidenceOf(seen.dropped);
  const [first] = seen.dropped;
  if (first === undefined) return pass(scenario, words, evidenceOf(seen.all));
  if (seen.dropped.length === 1 && seen.raced.length === 1) {
    const because =
      first.end?.ending === 'closed'
        ? 'the listener closed while the connection waited in the accept queue or was not read yet, and was closed with it; only a pause between withdrawal and closing avoids this'
        : 'the listener closed while the connection waited in the accept queue, where the kernel resets it; only a pause between withdrawal and closing avoids this';
    return warn(scenario, { expected, observed: words, because, evidence });
  }
  if (seen.raced.length === seen.dropped.length) {
    return inconclusive(
      `${words}: the target was too slow to accept when it closed its listener, so its queue was reset; run it on a machine that is less busy`,
      scenario,
      evidence,
    );
  }
  const observed = `${dropped}, the first opened ${formatDuration(afterSignal(life, first.openedAt))} after the signal`;
  return fail(scenario, { expected, observed, evidence });
}
