import { backendsOf } from '../plan/backends.js';
import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { isSession, livesAt, type DatabaseConnection } from '../recording/facts/databases.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { fail, inconclusive, inScenario, pass, plural, skip, tally, warn } from './verdict.js';

const expected = 'every connection is closed with the protocol’s goodbye, with no query and no transaction under way';

export const closesDatabaseConnections = defineCheck({
  id: 'closes-database-connections',
  item: 4,
  level: () => 'must',
  view: 'processes',
  needs: 'database',
  topic: 'Database connections at the end',
  kept: 'Database connections were closed in order',
  broken: 'Database connections were cut off',
  why: 'A query that is cut off may have been carried out or not, and a transaction that is left open holds its locks until the server notices. Nobody knows afterwards what was saved.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: close database connections cleanly' },
    { mark: 'R', text: 'PostgreSQL, Terminate; MySQL, COM_QUIT: how a client says goodbye' },
  ],
  cure: 'when the last request is answered, end the pool and wait for it (pool.end(), quit()) before the process exits',
  judge: (facts, plan) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts, plan)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts, plan: Plan): Verdict {
  const signalAt = life.signal?.at ?? 0;
  const unseen = noneSeen(facts, plan);
  if (unseen !== null) return unseen;
  const open = life.databases.filter((one) => isSession(one) && livesAt(one, signalAt));
  // What the server closed by itself, or we did, says nothing about the target.
  const own = open.filter(({ end }) => end !== null && (end.by === 'target' || end.goodbye));
  const seen = own.filter(({ end }) => end?.observable === 'yes');
  if (open.length === 0) return skip('no database connection was open when the signal came', 'drain');
  const lost = seen.filter(({ end }) => end?.unfinished === true || end?.transaction === true);
  if (lost.length > 0)
    return fail('drain', {
      expected,
      observed: `${lost.length} of ${plural(own.length, 'connection')} cut: ${tally(lost.map(howCut))}, the first ${firstEnd(lost, life)}`,
      evidence: evidence(lost),
    });
  const hidden = own.filter(({ end }) => end?.observable !== 'yes');
  if (hidden.length > 0)
    return inconclusive(
      hidden.some(({ end }) => end?.observable === 'tls')
        ? `${plural(hidden.length, 'connection')} to ${names(hidden)} spoke TLS, which is not observable; switch it off for the rehearsal (sslmode=disable)`
        : `${plural(hidden.length, 'connection')} to ${names(hidden)} spoke compressed, or something that is not understood`,
      'drain',
      evidence(hidden),
    );
  if (own.length === 0)
    return inconclusive(
      'no connection was closed by the target: the server closed them, or they were open when the tester ended',
      'drain',
      evidence(open),
    );
  const bare = seen.filter(({ end, protocol }) => end?.goodbye === false && protocol !== 'redis');
  if (bare.length > 0)
    return warn('drain', {
      expected,
      observed: `${bare.length} of ${plural(own.length, 'connection')} ended without a goodbye, the first ${firstEnd(bare, life)}`,
      because: 'nothing was under way on them, so that nothing was lost; but that was luck, since nobody closed them',
      evidence: evidence(bare),
    });
  const silent = seen.filter(({ end }) => end?.goodbye === false);
  return pass(
    'drain',
    `${own.length} of ${plural(own.length, 'connection')}`,
    evidence(own),
    silent.length === 0 ? null : 'Redis asks for no goodbye: no command and no transaction was under way',
  );
}

/** The verdict when the databases that were named were never connected to. */
export function noneSeen(facts: RunFacts, plan: Plan): Verdict | null {
  const sessions = facts.lives.flatMap((life) => life.databases).filter(isSession);
  if (sessions.length > 0) return null;
  const variables = backendsOf(plan).databases.map(({ variable }) => variable);
  return skip(
    `no connection was seen: the target does not use ${variables.join(' or ')}, or takes the address from elsewhere`,
  );
}

function howCut({ end }: DatabaseConnection): string {
  return end?.unfinished === true ? 'in the middle of a query' : 'in a transaction';
}

function names(connections: readonly DatabaseConnection[]): string {
  return [...new Set(connections.map(({ variable }) => variable))].join(' and ');
}

function firstEnd(connections: readonly DatabaseConnection[], life: LifeFacts): string {
  const first = Math.min(...connections.map(({ end }) => end?.at ?? Infinity));
  if (first >= (life.killed?.at ?? Infinity)) return 'at SIGKILL';
  return `${formatDuration(afterSignal(life, first))} after the signal`;
}

function evidence(connections: readonly DatabaseConnection[]): number[] {
  return connections.slice(0, 10).map((one) => one.evidence);
}
