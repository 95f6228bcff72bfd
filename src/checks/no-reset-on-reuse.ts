import { formatDuration } from '../plan/durations.js';
import type { Ending } from '../recording/events.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { crossed } from '../recording/facts/crossing.js';
import { afterSignal, endOf, type LifeFacts } from '../recording/facts/life.js';
import { EXIT_TEARDOWN_MS } from '../recording/facts/probe.js';
import { defineCheck, type Verdict } from './check.js';
import { countEndings, evidenceOf, fail, inconclusive, inScenario, pass, skip, warn } from './verdict.js';

const expected =
  'a request on an idle connection is answered, or the connection is seen to be closed before it is sent';

export const noResetOnReuse = defineCheck({
  id: 'no-reset-on-reuse',
  item: 2,
  level: () => 'should',
  view: 'processes',
  needs: 'listener',
  topic: 'Requests on idle connections',
  kept: 'Idle connections took requests without a reset',
  broken: 'A request on an idle connection met a reset',
  why: 'A pool sends its next request on a connection it believes to be good. A reset in place of an answer leaves the client in doubt whether the request was carried out.',
  sources: [
    { mark: 'R', text: 'RFC 9112, section 9.6: a server should half-close and read on before it closes' },
    { mark: 'F', text: 'resets on kept connections during a rolling restart, with a preStop delay in place' },
  ],
  cure: 'answer what arrives on open connections while draining, with Connection: close; close idle ones with FIN',
  judge: (facts) => inScenario(facts, 'idle', judgeIdle),
});

function judgeIdle(life: LifeFacts): Verdict {
  const { signal } = life;
  if (signal === null || life.exit === null) return inconclusive('the recording ends before the target did', 'idle');
  const asked = secondQuestions(life.exchanges.filter((exchange) => exchange.kind === 'idle-connection'));
  // What is sent to a process that is dying in this very moment says nothing about how it treats idle connections.
  const around = asked.filter(
    (exchange) => exchange.openedAt < endOf(life) - EXIT_TEARDOWN_MS && exchange.end?.ending !== 'ended-by-tester',
  );
  const used = new Set(around.map((exchange) => exchange.connection));
  const unused = new Set(
    life.exchanges
      .filter((exchange) => exchange.kind === 'idle-connection' && !used.has(exchange.connection))
      .map((exchange) => exchange.connection),
  );
  const closed = life.connectionEnds.filter(
    (end) =>
      unused.has(end.connection) &&
      end.by !== 'tester' &&
      end.at >= signal.at &&
      end.at < endOf(life) - EXIT_TEARDOWN_MS,
  );
  // A stream that an HTTP/2 server refuses is one that it has not begun: nobody is left in doubt.
  const harmless: readonly (Ending | undefined)[] = ['answered', 'rejected', 'refused'];
  const lost = around.filter((exchange) => !harmless.includes(exchange.end?.ending));
  const [first] = lost;
  if (first === undefined) {
    if (around.every((exchange) => exchange.openedAt < signal.at) && closed.length === 0) {
      return skip(
        `it was gone ${formatDuration(afterSignal(life, endOf(life)))} after the signal, before an idle connection was used again`,
        'idle',
      );
    }
    const closedWords = closed.length > 0 ? `, ${closed.length} closed first` : '';
    return pass('idle', `${countEndings(around)}${closedWords}`, [
      ...evidenceOf(around),
      ...closed.slice(0, 5).map((end) => end.seq),
    ]);
  }
  const observed = `${countEndings(around)}; the first was sent ${formatDuration(afterSignal(life, first.openedAt))} after the signal`;
  if (lost.every((exchange) => crossed(exchange, life))) {
    return warn('idle', {
      expected,
      observed,
      because: 'the close and the request crossed on the wire, a race that keep-alive always has',
      evidence: evidenceOf(lost),
    });
  }
  return fail('idle', { expected, observed, evidence: evidenceOf(lost) });
}

/** Each connection's first question made it a keep-alive connection; what counts is the one after it. */
function secondQuestions(exchanges: readonly Exchange[]): Exchange[] {
  const seen = new Set<number>();
  return exchanges.filter((exchange) => {
    if (seen.has(exchange.connection)) return true;
    seen.add(exchange.connection);
    return false;
  });
}
