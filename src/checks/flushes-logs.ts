import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { finishedInFlight, inPeace } from './marked-requests.js';
import { fail, inconclusive, inScenario, pass, plural, skip } from './verdict.js';

const expected = 'the output ends in a whole line, and names every request that was finished where it names requests';

export const flushesLogs = defineCheck({
  id: 'flushes-logs',
  item: 5,
  level: () => 'should',
  view: 'processes',
  needs: 'logs',
  topic: 'The last lines of the log',
  kept: 'The log is there to its end',
  broken: 'The end of the log is missing',
  why: 'The last lines are the ones that somebody will look for after a bad deploy. A logger that writes in the background loses them when the process exits under it.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: flush metrics and logs' },
    { mark: 'R', text: 'Node.js documentation of exit: writes to a pipe may be lost' },
  ],
  cure: 'flush the logger and wait for it, and let the process end by itself instead of calling exit',
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { before, end } = life.marks.output;
  if (end === undefined) return inconclusive('the recording does not say how the output ended', 'drain');
  if (!end.seen) return skip('the target prints nothing', 'drain');
  if (life.killed !== null) return skip('it had to be killed, and what it would have printed is not known', 'drain');
  if (!end.whole && before?.whole !== false)
    return fail('drain', { expected, observed: 'the output ends in the middle of a line', evidence: [end.seq] });
  const peace = inPeace(life);
  const named = peace.filter(({ loggedAt }) => loggedAt !== null && loggedAt < (life.signal?.at ?? Infinity));
  const wanted = facts.plan.backends?.logs?.line ?? null;
  if (named.length < peace.length || peace.length === 0) {
    if (wanted !== null)
      return inconclusive(
        `${named.length} of ${peace.length} requests in peace were named by a line like --log-line, so that none can be demanded`,
        'drain',
      );
    return pass(
      'drain',
      'it ends in a whole line',
      [end.seq],
      'it does not name requests by the id in x-request-id or traceparent, so that none can be missed',
    );
  }
  const finished = finishedInFlight(life, facts);
  if (finished.length === 0)
    return pass('drain', 'it ends in a whole line', [end.seq], 'no request in flight was finished');
  const missing = finished.filter(({ marked }) => marked.loggedAt === null);
  if (missing.length > 0)
    return fail('drain', {
      expected,
      observed: `${missing.length} of ${plural(finished.length, 'request')} that were finished after the signal are not named`,
      evidence: missing.slice(0, 10).map(({ marked }) => marked.evidence),
    });
  return pass(
    'drain',
    `it names ${finished.length} of ${plural(finished.length, 'finished request')}, and ends in a whole line`,
    [end.seq],
  );
}
