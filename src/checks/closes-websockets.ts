import type { Plan } from '../plan/types.js';
import type { Exchange } from '../recording/facts/exchange.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { when } from './in-flight.js';
import { list } from './kind-words.js';
import { evidenceOf, fail, inconclusive, inScenario, pass, plural, warn } from './verdict.js';
import { describeWebSockets, openWebSockets, webSocketFate, type WebSocketFate } from './websockets.js';

export const closesWebsockets = defineCheck({
  id: 'closes-websockets',
  item: 3,
  level: () => 'must',
  view: 'clients',
  needs: 'listener',
  topic: 'WebSockets at the exit',
  kept: 'WebSockets were closed with a close frame',
  broken: 'WebSockets were not closed properly',
  why: 'Without a close frame the client sees 1006, the code of an accident: it cannot know whether its last messages arrived, and all clients come back at once.',
  sources: [
    { mark: 'W', text: 'tasks and WebSockets outlive the signal' },
    { mark: 'R', text: 'RFC 6455, section 7.4.1: 1001 says that the endpoint is going away' },
    { mark: 'F', text: 'closing an HTTP server leaves its WebSockets alone' },
  ],
  cure: 'when draining, answer what has been received and close each WebSocket with 1001, then wait for its close frame',
  judge: (facts, plan) => inScenario(facts, 'streams', (life) => judgeWebSockets(life, facts, plan)),
});

function judgeWebSockets(life: LifeFacts, facts: RunFacts, { websocket }: Plan): Verdict {
  const { closeCodes, closeCodesGiven } = websocket;
  const open = openWebSockets(life, facts);
  if (!Array.isArray(open)) return open;
  const of = (...fates: WebSocketFate[]) =>
    open.filter((exchange) => fates.includes(webSocketFate(exchange, life, closeCodes)));
  const expected = `every WebSocket is closed with ${closeCodes.join(' or ')}, and what was sent before is answered`;
  const observed = describeWebSockets(open, life);
  const evidence = evidenceOf(open);
  const wrong = of('lost', 'error', ...(closeCodesGiven ? (['odd'] as const) : []));
  const mute = open.filter((exchange) => unanswered(exchange) > 0);
  const broken = open.filter((one) => wrong.includes(one) || mute.includes(one) || of('held').includes(one));
  if (broken.length > 0) {
    const first = wrong.length === 0 ? '' : `, the first ${when(wrong, life)}`;
    const sum = mute.reduce((total, exchange) => total + unanswered(exchange), 0);
    const words = sum === 0 ? '' : `; never answered: ${plural(sum, 'message')} sent before the signal`;
    return fail('streams', { expected, observed: `${observed}${first}${words}`, evidence: evidenceOf(broken) });
  }
  if (of('by-orphan').length > 0)
    return inconclusive(
      'some were closed by a process that outlived the one that was signalled; in a container it would have been killed',
      'streams',
      evidence,
    );
  if (of('not-observed').length > 0)
    return inconclusive('some were still open when the tester had to end them', 'streams', evidence);
  const [odd] = of('odd');
  if (odd !== undefined)
    return warn('streams', { expected, observed, because: whyOdd(odd, closeCodes), evidence: evidenceOf(of('odd')) });
  const left = open.some((exchange) => exchange.websocket?.tcp === 'open')
    ? 'the server sent its close frame and left the TCP connection open'
    : null;
  return pass('streams', observed, evidence, left);
}

/** Messages of before the signal that the server should have answered, and did not. */
function unanswered({ websocket }: Exchange): number {
  return websocket?.lost ?? 0;
}

function whyOdd({ websocket }: Exchange, closeCodes: readonly number[]): string {
  const code = websocket?.code ?? 0;
  return code === 1005
    ? 'a close frame without a code says nothing of the reason; 1001 would say that the server is going away'
    : `${code} is none of ${list(closeCodes.map(String))}; if it is meant, name it with --websocket-close`;
}
