import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, steppedInAt, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { evidenceOf, fail, inconclusive, inScenario, pass, skip } from './verdict.js';
import { openWebSockets } from './websockets.js';

export const tellsWebsocketClients = defineCheck({
  id: 'tells-websocket-clients',
  item: 3,
  level: () => 'should',
  view: 'clients',
  needs: 'listener',
  topic: 'Goodbye on WebSockets',
  kept: 'WebSocket clients were told before the close',
  broken: 'WebSocket clients were not told before the close',
  why: 'A message in the words of the application can say what a close code cannot: when to come back, where to, and what has been saved.',
  sources: [{ mark: 'W', text: 'tell connected clients before their connection is closed' }],
  cure: 'send the goodbye to every open WebSocket when the signal comes, before its close frame',
  judge: (facts, plan) =>
    plan.websocket.goodbye === null
      ? skip('no goodbye is expected; name it with --websocket-goodbye')
      : inScenario(facts, 'streams', (life) => judgeGoodbyes(life, facts, plan)),
});

function judgeGoodbyes(life: LifeFacts, facts: RunFacts, { websocket }: Plan): Verdict {
  const open = openWebSockets(life, facts);
  if (!Array.isArray(open)) return open;
  const told = open.filter((exchange) => wasTold(exchange, life));
  const rest = open.filter((exchange) => !told.includes(exchange));
  if (rest.length === 0) {
    const last = Math.max(...told.map(({ goodbye }) => goodbye?.at ?? 0));
    const observed = `${told.length} of ${open.length}, the last after ${formatDuration(afterSignal(life, last))}`;
    return pass('streams', observed, told.flatMap(({ goodbye }) => goodbye?.seq ?? []).slice(0, 10));
  }
  // What we ended ourselves might have been told yet.
  const missed = rest.filter(({ end }) => (end !== null && end.ending !== 'ended-by-tester') || !isOpenEnded(life));
  if (missed.length === 0)
    return inconclusive('some were still open when the tester had to end them', 'streams', evidenceOf(rest));
  const { goodbye } = websocket;
  const words = goodbye === null ? '' : goodbye.kind === 'text' ? goodbye.text : `/${goodbye.source}/${goodbye.flags}`;
  return fail('streams', {
    expected: `every WebSocket gets the goodbye (${words}) before its close`,
    observed: `${told.length} of ${open.length} got it`,
    evidence: evidenceOf(missed),
  });
}

/** The goodbye came within the grace period, and before the end. */
function wasTold({ goodbye, end }: Exchange, life: LifeFacts): boolean {
  if (goodbye === null || goodbye.at >= steppedInAt(life)) return false;
  return end === null || goodbye.at <= end.at;
}

/** We did not have to step in, so that what is still open might go on. */
function isOpenEnded(life: LifeFacts): boolean {
  return !Number.isFinite(steppedInAt(life));
}
