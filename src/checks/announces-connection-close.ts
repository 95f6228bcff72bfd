import { formatDuration } from '../plan/durations.js';
import { afterSignal, endOf, type Goodbye, type LifeFacts } from '../recording/facts/life.js';
import { EXIT_TEARDOWN_MS } from '../recording/facts/probe.js';
import { crossed } from '../recording/facts/crossing.js';
import { defineCheck, type Status, type Verdict } from './check.js';
import { countEndings, evidenceOf, fail, inconclusive, inScenario, pass, plural, skip } from './verdict.js';

/** A plain request that has waited for so long was not answered, whoever ended it. Milliseconds. */
const HUNG_MS = 250;

/** How a server says that it will close a connection: in a header, or in a frame of HTTP/2. */
type Farewell = 'Connection: close' | 'GOAWAY';

export const announcesConnectionClose = defineCheck({
  id: 'announces-connection-close',
  item: 2,
  level: () => 'should',
  view: 'instance',
  needs: 'listener',
  topic: 'Word to persistent clients',
  kept: 'Persistent clients were told to go elsewhere',
  broken: 'Persistent clients were left on their connections',
  why: 'Routes are followed by new connections only. A pooled client stays on its connection until the server ends it, and finds out by a reset if nobody says so.',
  sources: [
    { mark: 'R', text: 'RFC 9112, section 9.6: a server that will close says so with Connection: close' },
    { mark: 'K', text: 'kube-proxy leaves established connections alone' },
  ],
  cure: 'set Connection: close on every answer once the signal has come (HTTP/2: send GOAWAY), and close idle connections',
  judge: (facts, plan) =>
    inScenario(facts, 'drain', (life) => judgeDrain(life, plan.target.http2 ? 'GOAWAY' : 'Connection: close')),
});

/** What one of several persistent clients met may be worse than what the others did. */
const WORST_FIRST: readonly Status[] = ['fail', 'inconclusive', 'warn', 'pass', 'skip'];

function judgeDrain(life: LifeFacts, farewell: Farewell): Verdict {
  const { signal } = life;
  if (signal === null) return inconclusive('no signal was sent', 'drain');
  // Clients that came back on another connection after the signal were there already, as far as routes go.
  const before = life.exchanges.filter(({ kind, openedAt }) => kind === 'reused-connection' && openedAt < signal.at);
  const closed = new Set(life.connectionEnds.filter(({ at }) => at < signal.at).map(({ connection }) => connection));
  const connections = [...new Set(before.map(({ connection }) => connection))];
  const open = connections.filter((connection) => !closed.has(connection));
  const judged = (open.length > 0 ? open : connections.slice(0, 1)).map((connection) =>
    judgeConnection(connection, signal, life, farewell),
  );
  const worst = WORST_FIRST.flatMap((status) => judged.find((verdict) => verdict.status === status) ?? [])[0];
  return worst ?? inconclusive('no answer was had on a keep-alive connection before the signal', 'drain');
}

function judgeConnection(connection: number, signal: Goodbye, life: LifeFacts, farewell: Farewell): Verdict {
  const expected =
    farewell === 'GOAWAY'
      ? 'the server says GOAWAY on the connection, or closes it between two answers'
      : 'an answer on the connection says Connection: close, or the connection is closed between two answers';
  const end = endOf(life);
  const asked = life.exchanges.filter(
    (exchange) => exchange.kind === 'reused-connection' && exchange.connection === connection,
  );
  if (asked.every((exchange) => exchange.end?.ending !== 'answered')) {
    return inconclusive('no answer was had on a keep-alive connection before the signal', 'drain');
  }
  const closed = life.connectionEnds.find((one) => one.connection === connection) ?? null;
  const after = asked.filter((exchange) => exchange.openedAt >= signal.at && exchange.openedAt < end);
  const announced = after.find((exchange) => exchange.end?.announcedClose === true);
  if (announced !== undefined)
    return pass('drain', `${farewell} after ${formatDuration(afterSignal(life, announced.end?.at ?? 0))}`, [
      announced.evidence,
    ]);
  // A stream that an HTTP/2 server refuses is one that it has not begun: the client may ask elsewhere.
  const lost = after.filter(
    ({ end: over }) => over !== null && !['answered', 'rejected', 'refused', 'ended-by-tester'].includes(over.ending),
  );
  const cut = lost.filter((exchange) => exchange.openedAt < end - EXIT_TEARDOWN_MS && !crossed(exchange, life));
  if (cut.length > 0)
    return fail('drain', {
      expected,
      observed: `a request on the connection met its end: ${countEndings(cut)}`,
      evidence: evidenceOf(cut),
    });
  const goaway = life.goaways.find((one) => one.connection === connection && one.at >= signal.at && one.at < end);
  if (goaway !== undefined)
    return pass('drain', `GOAWAY after ${formatDuration(afterSignal(life, goaway.at))}`, [goaway.seq]);
  const inTime =
    closed !== null && closed.by !== 'tester' && closed.at >= signal.at && closed.at < end - EXIT_TEARDOWN_MS;
  if (inTime && lost.length > 0)
    return pass(
      'drain',
      `closed after ${formatDuration(afterSignal(life, closed.at))}`,
      [closed.seq, ...evidenceOf(lost)],
      'a request crossed with the close on the wire, a race that keep-alive always has',
    );
  if (inTime && closed.by === 'rst')
    return fail('drain', {
      expected,
      observed: `the connection was reset after ${formatDuration(afterSignal(life, closed.at))}`,
      evidence: [closed.seq],
    });
  if (closed !== null && closed.at < signal.at)
    return skip('the service closes its connections after every answer anyway', 'drain');
  if (inTime)
    return pass('drain', `closed while idle after ${formatDuration(afterSignal(life, closed.at))}`, [closed.seq]);
  const hung = after.filter(
    ({ openedAt, end: over }) => over?.ending === 'ended-by-tester' && over.at - openedAt > HUNG_MS,
  );
  if (hung.length > 0)
    return fail('drain', {
      expected,
      observed: 'a request on the connection got no answer at all',
      evidence: evidenceOf(hung),
    });
  const kept = after.filter((exchange) => exchange.end?.ending === 'answered' || exchange.end?.ending === 'rejected');
  if (kept.length === 0)
    return skip(
      `it was gone ${formatDuration(afterSignal(life, end))} after the signal, before the connection was used again`,
      'drain',
    );
  return fail('drain', {
    expected,
    observed:
      farewell === 'GOAWAY'
        ? `${plural(kept.length, 'answer')} after the signal and no GOAWAY, and the connection stayed open`
        : `${plural(kept.length, 'answer')} after the signal said keep-alive, and the connection stayed open`,
    evidence: evidenceOf(kept),
  });
}
