import { formatDuration } from '../plan/durations.js';
import { arrivals } from '../recording/facts/arrivals.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { countEndings, evidenceOf, fail, inconclusive, inScenario, pass, plural, skip, warn } from './verdict.js';

const expected = 'every new connection is answered in full or refused';

export const dropsNoAcceptedConnection = defineCheck({
  id: 'drops-no-accepted-connection',
  item: 2,
  level: () => 'must',
  topic: 'New connections that were taken',
  kept: 'No new connection was taken and then dropped',
  broken: 'New connections were taken and then dropped',
  why: 'A refused client tries elsewhere at once. One that was accepted and then dropped has lost its request, and may not know whether it was carried out.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: stop accepting new connections' },
    { mark: 'F', text: 'a process that no longer accepts still has a kernel that does, until its listener is closed' },
  ],
  cure: 'close the listener before anything else, and answer what has been accepted before you exit',
  judge: (facts) => inScenario(facts, 'drain', judgeDrain),
});

function judgeDrain(life: LifeFacts): Verdict {
  const seen = arrivals(life);
  if (seen.all.length === 0) return skip('no new connection could be tried before it was gone', 'drain');
  const words = countEndings(seen.all);
  const [first] = seen.dropped;
  if (first === undefined) return pass('drain', words, evidenceOf(seen.all));
  if (seen.dropped.length === 1 && seen.raced.length === 1) {
    const because =
      'the listener closed while the connection waited in the accept queue, where the kernel resets it; only a pause between withdrawal and closing avoids this';
    return warn('drain', { expected, observed: words, because, evidence: evidenceOf(seen.dropped) });
  }
  if (seen.raced.length === seen.dropped.length) {
    return inconclusive(
      `${words}: the target was too slow to accept when it closed its listener, so its queue was reset; run it on a machine that is less busy`,
      'drain',
      evidenceOf(seen.dropped),
    );
  }
  const observed = `${words}; ${plural(seen.dropped.length, 'connection')} dropped, the first opened ${formatDuration(afterSignal(life, first.openedAt))} after the signal`;
  return fail('drain', { expected, observed, evidence: evidenceOf(seen.dropped) });
}
