import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import type { ExchangeKind } from '../recording/events.js';
import { fateOf } from '../recording/facts/answers.js';
import type { Exchange } from '../recording/facts/exchange.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { when } from './in-flight.js';
import { countEndings, fail, inconclusive, pass, skip } from './verdict.js';
import { describeWebSockets, webSocketFate } from './websockets.js';

const REQUESTS: readonly ExchangeKind[] = ['slow-response', 'slow-upload'];
/** How late our own thread may have been for the times of endings to be told without a word on it. Milliseconds. */
const NOTABLE_LATENESS_MS = 50;
/** Of what was to be in flight, so much has to be. */
const NEARLY_ALL = 0.9;
const expected = 'of thousands, every request is answered and every WebSocket closed with a close frame';

export const finishesAtScale = defineCheck({
  id: 'finishes-at-scale',
  item: 3,
  level: () => 'must',
  view: 'clients',
  needs: 'load',
  topic: 'Thousands of connections in flight',
  kept: 'Thousands in flight were all finished',
  broken: 'Of thousands in flight, some were lost',
  why: 'A drain that works for five requests may not for five thousand: closing takes time, timers of one second are over before the last has had its turn, and each that is lost comes back at once.',
  sources: [
    { mark: 'W', text: 'tasks and WebSockets outlive the signal' },
    { mark: 'F', text: 'deploys that cut thousands of tasks and live WebSockets at once' },
  ],
  cure: 'wait for the work itself and not for a fixed time, and close connections in batches so that each close is sent before the exit',
  judge: (facts, plan) => {
    const life = facts.played.load;
    if (life !== undefined) return judgeLoad(life, facts, plan);
    const reason = facts.skipped.load;
    if (reason === undefined) return inconclusive('the recording does not hold the scenario load to its end', 'load');
    // What was asked for and could not be had is no reason to be at ease.
    return plan.scenarios.includes('load')
      ? inconclusive(reason, 'load')
      : skip(`the scenario load was not played: ${reason}`, 'load');
  },
});

function judgeLoad(life: LifeFacts, facts: RunFacts, { websocket }: Plan): Verdict {
  const requests = life.inFlight.filter(({ kind }) => REQUESTS.includes(kind));
  const webSockets = life.inFlight.filter(({ kind }) => kind === 'quiet-websocket');
  const inFlight = [...requests, ...webSockets];
  if (inFlight.length === 0)
    return inconclusive(`nothing was in flight at the signal: ${shortfall(life) ?? 'all had ended before'}`, 'load');
  const observed = [
    ...(requests.length === 0 ? [] : [`${requests.length} requests: ${countEndings(requests)}`]),
    ...(webSockets.length === 0 ? [] : [`WebSockets: ${describeWebSockets(webSockets, life)}`]),
  ].join('; ');
  const isLost = (exchange: Exchange) =>
    exchange.kind === 'quiet-websocket'
      ? ['lost', 'error', 'held', ...(websocket.closeCodesGiven ? ['odd'] : [])].includes(
          webSocketFate(exchange, life, websocket.closeCodes),
        )
      : fateOf(exchange, life, facts) === 'lost';
  const lost = inFlight.filter(isLost);
  if (lost.length > 0)
    return fail('load', {
      expected,
      observed: `${lost.length} of ${inFlight.length} lost (${observed}), the first ${when(lost, life)}`,
      evidence: evidenceOnce(lost),
    });
  const doubt = whyInDoubt(inFlight, life, facts, websocket.closeCodes);
  if (doubt !== null) return inconclusive(`${observed}; ${doubt}`, 'load', evidenceOnce(inFlight));
  return pass('load', observed, evidenceOnce(inFlight), lateness(life));
}

/** What keeps a life without losses from proving anything; null: nothing. */
function whyInDoubt(
  inFlight: readonly Exchange[],
  life: LifeFacts,
  facts: RunFacts,
  closeCodes: readonly number[],
): string | null {
  const unseen = inFlight.filter(({ end }) => end === null || end.ending === 'ended-by-tester').length;
  if (unseen > 0) return `${unseen} were still open when the tester had to end them`;
  const doubtful = inFlight.filter((exchange) => {
    if (exchange.kind === 'quiet-websocket') return webSocketFate(exchange, life, closeCodes) === 'by-orphan';
    const fate = fateOf(exchange, life, facts);
    return fate === 'by-orphan' || fate === 'needs-baseline';
  }).length;
  if (doubtful > 0)
    return `${doubtful} were answered by a process that outlived the one that was signalled, or in a way that cannot be told from a normal one`;
  return shortfall(life);
}

/** Why too few were in flight for a claim about thousands; null: nearly all were. */
function shortfall({ crowd, exchanges, inFlight }: LifeFacts): string | null {
  if (crowd === null) return null;
  const meant = exchanges.filter(({ kind }) => REQUESTS.includes(kind) || kind === 'quiet-websocket');
  if (inFlight.length >= NEARLY_ALL * (meant.length + crowd.asked - crowd.opened)) return null;
  if (crowd.shortfall !== null) return `${crowd.shortfall}; that is the target's limit, and says nothing of its drain`;
  if (crowd.opened < crowd.asked)
    return `${crowd.asked - crowd.opened} of ${crowd.asked} connections were refused or cut while they were opened; that is the target's limit, and says nothing of its drain`;
  const over = meant.filter(({ armed, end }) => armed !== null || end?.headAt !== null).length - inFlight.length;
  return over > 0
    ? `${over} were answered before the signal; name an endpoint with --slow that takes longer than opening them all (${formatDuration(crowd.tookMs)} here)`
    : `${meant.length - inFlight.length} were not taken or not read by the target at the signal`;
}

/** All of a kind are proved by one event. */
function evidenceOnce(exchanges: readonly Exchange[]): number[] {
  return [...new Set(exchanges.map(({ evidence }) => evidence))].slice(0, 10);
}

function lateness({ events }: LifeFacts): string | null {
  const late = Math.max(0, ...events.map((event) => (event.type === 'crowd-ended' ? event.maxLateMs : 0)));
  return late > NOTABLE_LATENESS_MS
    ? `times of their endings are no better than ${Math.round(late)} ms, by which our own thread was late`
    : null;
}
