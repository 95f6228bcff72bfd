import { formatDuration } from '../plan/durations.js';
import { isOrphans } from '../recording/facts/answers.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, endOf, openToTheLast, type LifeFacts } from '../recording/facts/life.js';
import { EXIT_TEARDOWN_MS } from '../recording/facts/probe.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { ExchangeKind } from '../recording/events.js';
import { defineCheck, type Verdict } from './check.js';
import { when } from './in-flight.js';
import { nothingOpen } from './nothing-held.js';
import { endingWords, evidenceOf, fail, inconclusive, inScenario, pass, tally } from './verdict.js';

const KINDS: readonly ExchangeKind[] = ['stream', 'grpc-stream'];
const expected = 'every stream in flight at the signal comes to its proper end within the grace period';

export const finishesStreams = defineCheck({
  id: 'finishes-streams',
  item: 3,
  level: () => 'should',
  view: 'clients',
  needs: 'listener',
  topic: 'Streams in flight',
  kept: 'Streams were brought to their end',
  broken: 'Streams were cut off, or held the exit',
  why: 'A stream does not end by itself. Either the server ends it when it drains, so that the client knows and goes elsewhere, or the stream is cut in the middle of a message at the end of the grace period.',
  sources: [
    { mark: 'W', text: 'tasks and WebSockets outlive the signal' },
    { mark: 'R', text: 'RFC 9112, section 8: a chunked body without its last chunk is incomplete' },
  ],
  cure: 'keep a list of open streams, and when draining end each of them: its last chunk, a last event, the status of the call',
  judge: (facts) => inScenario(facts, 'streams', (life) => judgeStreams(life, facts)),
});

/** What became of a stream. `parted`: its connection was ended while the server lived; `unclear`: as it died. */
type Fate = 'ended' | 'parted' | 'unclear' | 'cut' | 'held' | 'by-orphan' | 'not-observed';

function judgeStreams(life: LifeFacts, facts: RunFacts): Verdict {
  const streams = life.inFlight.filter((exchange) => KINDS.includes(exchange.kind));
  if (streams.length === 0)
    return nothingOpen(life, facts, {
      kinds: KINDS,
      endpoint: 'stream',
      unknown: 'no stream is known; name one with --stream <path>',
    });
  const of = (...fates: Fate[]) => streams.filter((exchange) => fates.includes(fateOf(exchange, life)));
  const broken = of('cut', 'held');
  const evidence = evidenceOf(streams);
  if (broken.length > 0) {
    const words = tally(streams.map((exchange) => describeStream(exchange, life, facts)));
    const cut = of('cut');
    const first = cut.length === 0 ? '' : `, the first ${when(cut, life)}`;
    return fail('streams', { expected, observed: `${words}${first}`, evidence: evidenceOf(broken) });
  }
  if (of('by-orphan').length > 0)
    return inconclusive(
      'some were ended by a process that outlived the one that was signalled; in a container it would have been killed',
      'streams',
      evidence,
    );
  if (of('not-observed').length > 0)
    return inconclusive('some were still open when the tester had to end them', 'streams', evidence);
  if (of('unclear').length > 0)
    return inconclusive(
      'only the end of the connection ends it, and a crash looks the same; use chunked encoding',
      'streams',
      evidence,
    );
  const last = Math.max(...streams.map((exchange) => exchange.end?.at ?? 0));
  const note =
    of('parted').length > 0
      ? 'only the end of the connection ends it, which was there before the exit; a crash looks the same to its client'
      : null;
  return pass(
    'streams',
    `${streams.length} of ${streams.length}, the last ended after ${formatDuration(afterSignal(life, last))}`,
    evidence,
    note,
  );
}

function fateOf(exchange: Exchange, life: LifeFacts): Fate {
  const { end } = exchange;
  if (openToTheLast(exchange, life)) return 'held';
  if (end === null || end.ending === 'ended-by-tester') return 'not-observed';
  // A gRPC call that fails is answered with an error.
  if (end.ending !== 'answered' || (end.status ?? 0) >= 500) return 'cut';
  if (isOrphans(end.at, life)) return 'by-orphan';
  if (end.framing !== 'close') return 'ended';
  return end.at < endOf(life) - EXIT_TEARDOWN_MS ? 'parted' : 'unclear';
}

function describeStream(exchange: Exchange, life: LifeFacts, facts: RunFacts): string {
  switch (fateOf(exchange, life)) {
    case 'held':
      // What does not end without streams either was not held by them.
      return (facts.played.drain?.killed ?? null) === null ? 'held the exit until SIGKILL' : 'open until SIGKILL';
    case 'cut':
      return exchange.end?.ending === 'answered' ? 'ended with an error' : endingWords(exchange);
    case 'not-observed':
      return 'ended by the tester';
    case 'parted':
    case 'unclear':
      return 'ended with the connection';
    case 'ended':
    case 'by-orphan':
      return 'ended properly';
  }
}
