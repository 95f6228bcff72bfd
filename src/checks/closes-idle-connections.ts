import { formatDuration } from '../plan/durations.js';
import type { ExchangeKind } from '../recording/events.js';
import { heldAlone } from '../recording/facts/isolation.js';
import { steppedInAt, timeToExit, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { heldBy, KIND_WORDS, list } from './kind-words.js';
import { fail, inconclusive, inScenario, pass, skip, warn } from './verdict.js';

/** A delay under this is noted, above it is a warning. Milliseconds. */
const WARN_MS = 2000;
/** Differences under this are the machine's, and not worth a word. */
const NOTE_MS = 250;

/** What has no work on it. */
const KINDS: readonly ExchangeKind[] = ['idle-connection', 'silent-connection', 'kept-after-answer'];

const expected = 'idle, silent and kept connections do not hold the exit';

export const closesIdleConnections = defineCheck({
  id: 'closes-idle-connections',
  item: 2,
  level: () => 'must',
  view: 'processes',
  needs: 'listener',
  topic: 'Idle connections at the exit',
  kept: 'Idle connections did not hold the exit',
  broken: 'Idle connections held the exit',
  why: 'Load balancers and pools keep connections open for minutes. A service that waits for them waits until it is killed.',
  sources: [
    { mark: 'F', text: 'plain Node, nginx, haproxy and gunicorn wait for a connection that has sent nothing' },
    { mark: 'F', text: 'a client that keeps its connection delays the exit by the keep-alive timeout: 5, 65, 72 s' },
  ],
  cure: 'when draining, close connections that have no request under way, those that never sent one included',
  judge: (facts) => inScenario(facts, 'idle', (life) => judgeIdle(life, facts)),
});

function judgeIdle(life: LifeFacts, facts: RunFacts): Verdict {
  const reference = facts.played.drain ?? null;
  if (life.signal === null || life.exit === null)
    return inconclusive('the recording ends before the target did', 'idle');
  if (reference === life) return judgeTogether(life);
  if (reference !== null && reference.killed !== null)
    return skip('it does not exit without idle connections either; see exits-in-time', 'idle');
  if (life.killed !== null) return judgeKilled(life, reference, facts);
  const own = timeToExit(life) ?? 0;
  const lastAnswer =
    Math.max(life.signal.at, ...life.inFlight.flatMap((exchange) => exchange.end?.at ?? [])) - life.signal.at;
  // The same death without idle connections; without it, what came after the last answer is the most it can be.
  const without = reference === null ? lastAnswer : (timeToExit(reference) ?? 0);
  const delay = Math.max(0, own - without);
  const evidence = [life.exit.seq, ...(reference?.exit ? [reference.exit.seq] : [])];
  const observed = `gone after ${formatDuration(own)}, ${reference === null ? `last answer after ${formatDuration(without)}` : `${formatDuration(without)} without`}`;
  if (delay < WARN_MS)
    return pass('idle', delay < NOTE_MS ? observed : `${observed}: a delay of ${formatDuration(delay)}`, evidence);
  if (reference === null)
    return inconclusive(
      'the same death without idle connections was not played; do not skip the scenario drain',
      'idle',
      evidence,
    );
  const asSlow = (alone: LifeFacts) => {
    const ms = timeToExit(alone) ?? Infinity;
    return ms >= own - WARN_MS && ms > without + WARN_MS;
  };
  const held = heldAlone(facts, 'idle', asSlow);
  const by = held.length > 0 ? heldBy(held) : lastClosed(life);
  return warn('idle', { expected, observed, because: `a delay of ${formatDuration(delay)}${by}`, evidence });
}

/** Of a life in which everything was in place at once: nothing to compare with, so what was open to the last has to tell. */
function judgeTogether(life: LifeFacts): Verdict {
  const { signal, exit, killed, left } = life;
  if (signal === null || exit === null) return inconclusive('the recording ends before the target did', 'idle');
  const held = life.exchanges.filter((exchange) => KINDS.includes(exchange.kind));
  if (held.length === 0) return skip('no idle connection was in place', 'idle');
  if (killed !== null) {
    const open = openAtKill(life);
    if (open.length === 0)
      return skip('it closed every idle connection, and did not exit all the same; see exits-in-time', 'idle');
    const letGo = left.find((event) => event.gone);
    const evidence = [...left.map((event) => event.seq), killed.seq];
    if (letGo === undefined) return skip('it did not exit when its clients had left either; see exits-in-time', 'idle');
    if (!letGo.kinds.some((kind) => KINDS.includes(kind)))
      return pass('idle', 'it ended with idle connections open, once other clients had left', evidence);
    return fail('idle', {
      expected,
      observed: `still running at the end of the grace period with ${list(open)} open, and gone as soon as they were closed`,
      evidence,
    });
  }
  const gone = (timeToExit(life) ?? 0) + signal.at;
  const others = life.exchanges.filter((exchange) => !KINDS.includes(exchange.kind));
  const lastOther = Math.max(
    signal.at,
    ...others.flatMap(({ end }) => (end === null || end.at > gone ? [] : [end.at])),
  );
  const delay = gone - lastOther;
  const observed = `gone after ${formatDuration(gone - signal.at)}, ${formatDuration(delay)} after the last other client`;
  const open = stillOpenAt(life, gone - NOTE_MS);
  if (delay < WARN_MS || open.length === 0) return pass('idle', observed, [exit.seq]);
  const because = `a delay of ${formatDuration(delay)}; last to be closed: ${list(open)}. What else it may have waited for cannot be told in one life`;
  return warn('idle', { expected, observed, because, evidence: [exit.seq] });
}

function judgeKilled(life: LifeFacts, reference: LifeFacts | null, facts: RunFacts): Verdict {
  const seqs = [life.graceOver?.seq, life.killed?.seq].filter((seq) => seq !== undefined);
  if (reference === null)
    return inconclusive(
      'the same death without idle connections was not played; do not skip the scenario drain',
      'idle',
      seqs,
    );
  const open = openAtKill(life);
  if (open.length === 0)
    return inconclusive('it was killed, but none of the idle connections was open any more', 'idle', seqs);
  const without = formatDuration(timeToExit(reference) ?? 0);
  return fail('idle', {
    expected,
    observed: `killed at the end of the grace period with ${list(open)} still open; without them it is gone after ${without}${heldBy(heldAlone(facts, 'idle'))}`,
    evidence: seqs,
  });
}

function openAtKill(life: LifeFacts): string[] {
  return stillOpenAt(life, steppedInAt(life));
}

function lastClosed(life: LifeFacts): string {
  const open = stillOpenAt(life, (life.goneAt ?? 0) - NOTE_MS);
  return open.length === 0 ? '' : `; last to be closed: ${list(open)}`;
}

/** Which kinds of idle connection the target had not closed by then. */
function stillOpenAt(life: LifeFacts, at: number): string[] {
  const closed = new Map(life.connectionEnds.map((end) => [end.connection, end.at]));
  const open = life.exchanges.filter((exchange) => (closed.get(exchange.connection) ?? Infinity) >= at);
  return KINDS.filter((kind) => open.some((exchange) => exchange.kind === kind)).map((kind) => KIND_WORDS[kind]);
}
