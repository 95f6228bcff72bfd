import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { fateOf } from '../recording/facts/answers.js';
import { isSession, livesAt, type DatabaseConnection } from '../recording/facts/databases.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { noneSeen } from './closes-database-connections.js';
import { whyNoRequest } from './nothing-held.js';
import { evidenceOf, fail, inconclusive, inScenario, pass, plural, skip } from './verdict.js';

/** A pool refuses new questions as soon as it is told to end, and closes its connections a moment later. Milliseconds. */
const CLOSING_MS = 250;
/** Connections that end so shortly before the process end with it. Milliseconds. */
const TEARDOWN_MS = 50;

const expected = 'the database stays open until the last request that was in flight is answered';

export const keepsDatabaseUntilDrained = defineCheck({
  id: 'keeps-database-until-drained',
  item: 4,
  level: () => 'must',
  view: 'processes',
  needs: 'service-database',
  topic: 'The database while requests are finished',
  kept: 'The database stayed open until the work was done',
  broken: 'The database was closed before the work was done',
  why: 'Requests in flight need the database to the end. When the pool goes first, each of them fails although there was time to finish it.',
  sources: [{ mark: 'L', text: 'graceful-shutdown checklist: requests first, then the database' }],
  cure: 'end the pool in the callback of server.close(), never beside it',
  judge: (facts, plan) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts, plan)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts, plan: Plan): Verdict {
  const unseen = noneSeen(facts, plan);
  if (unseen !== null) return unseen;
  const signalAt = life.signal?.at ?? 0;
  const requests = life.inFlight.filter(({ kind }) => ['slow-response', 'slow-upload', 'grpc-call'].includes(kind));
  if (requests.length === 0) return inconclusive(whyNoRequest(life, facts), 'drain');
  const sessions = life.databases.filter((one) => isSession(one) && livesAt(one, signalAt));
  if (sessions.length === 0) return skip('no database connection was open when the signal came', 'drain');
  const lost = requests.filter((exchange) => fateOf(exchange, life, facts) === 'lost');
  // A pool that is gone makes a request fail; it does not cut its connection.
  const failed = lost.filter(({ end }) => end?.ending === 'answered' && (end.status ?? 0) >= 500);
  const closed = firstClosed(sessions, life);
  const blamed = closed === null ? [] : failed.filter((one) => isAfter(one, closed) && !isUsedLater(sessions, one));
  if (closed !== null && blamed.length > 0)
    return fail('drain', {
      expected,
      observed: `${closed.variable} was closed ${formatDuration(afterSignal(life, closed.at))} after the signal, and ${blamed.length} of ${plural(requests.length, 'request')} in flight failed with ${blamed[0]?.end?.status ?? 0}`,
      evidence: [...closed.evidence, ...evidenceOf(blamed)],
    });
  if (lost.length > 0)
    return inconclusive(
      'requests in flight were lost for another reason, so that the database was not needed to the end; see finishes-requests',
      'drain',
      evidenceOf(lost),
    );
  if (requests.some((exchange) => fateOf(exchange, life, facts) !== 'finished'))
    return inconclusive('what became of the requests in flight is not known; see finishes-requests', 'drain');
  const lastAnswer = Math.max(...requests.map(({ end }) => end?.at ?? 0));
  const later = sessions.filter(({ end }) => (end?.lastQueryAt ?? -1) > signalAt);
  const open = sessions.filter((one) => livesAt(one, lastAnswer - TEARDOWN_MS));
  if (later.length > 0)
    return pass(
      'drain',
      `asked ${later.length === 1 ? 'on one connection' : `on ${later.length} connections`} after the signal, and ${requests.length} of ${plural(requests.length, 'request')} answered`,
      later.slice(0, 10).map((one) => one.evidence),
    );
  if (open.length > 0)
    return pass(
      'drain',
      'open until the last answer',
      open.slice(0, 10).map((one) => one.evidence),
      'no question was asked after the signal',
    );
  return skip(
    'the requests in flight had no need of the database after the signal; name one with --slow that asks it late',
    'drain',
  );
}

/** When the target closed its first connection after the signal, while it lived. */
function firstClosed(
  sessions: readonly DatabaseConnection[],
  life: LifeFacts,
): { at: number; variable: string; evidence: number[] } | null {
  const closed = sessions.filter(
    ({ end }) => end !== null && (end.by === 'target' || end.goodbye) && end.at < endOf(life) - TEARDOWN_MS,
  );
  const [first] = closed.sort((a, b) => (a.end?.at ?? 0) - (b.end?.at ?? 0));
  if (first?.end === undefined || first.end === null) return null;
  return { at: first.end.at, variable: first.variable, evidence: [first.evidence] };
}

function isAfter({ end }: Exchange, closed: { at: number }): boolean {
  return (end?.at ?? 0) > closed.at - CLOSING_MS;
}

/** The database was asked again after a request had failed, so that it was not gone for it. */
function isUsedLater(sessions: readonly DatabaseConnection[], { end }: Exchange): boolean {
  return sessions.some((one) => (one.end?.lastQueryAt ?? -1) > (end?.at ?? 0));
}
