import type { ExchangeKind } from '../recording/events.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { judgeInFlight } from './in-flight.js';
import { whyNoRequest } from './nothing-held.js';
import { inconclusive, inScenario, skip } from './verdict.js';

const expected = 'every request in flight at the signal gets its complete, normal answer';

export const finishesRequests = defineCheck({
  id: 'finishes-requests',
  item: 3,
  level: () => 'must',
  view: 'clients',
  needs: 'listener',
  topic: 'Requests in flight',
  kept: 'Requests in flight were answered',
  broken: 'Requests in flight were lost',
  why: 'Each of them is a payment, an order or a page that somebody is waiting for, on every deploy.',
  sources: [{ mark: 'L', text: 'graceful-shutdown checklist: finish what is in flight' }],
  cure: 'after closing the listener wait for the requests under way before you exit',
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { slow, grpc } = facts.plan;
  const named = life.inFlight.filter(({ kind }) => kind === 'slow-response' || kind === 'grpc-call');
  // Without anything named the withheld uploads are the requests that are in flight.
  const requests = slow.length + grpc.length > 0 ? named : life.inFlight;
  if (requests.length > 0) return judgeInFlight(requests, life, facts, expected);
  if (slow.length === 0 && grpc.length > 0 && !isTried(facts, 'grpc-call') && isTried(facts, 'grpc-stream'))
    return skip('every gRPC method that was named answers with a stream; see finishes-streams', 'drain');
  return inconclusive(whyNoRequest(life, facts), 'drain');
}

function isTried({ lives }: RunFacts, kind: ExchangeKind): boolean {
  return lives.some((life) => life.exchanges.some((exchange) => exchange.kind === kind));
}
