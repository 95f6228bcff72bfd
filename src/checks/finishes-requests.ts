import type { RunFacts } from '../recording/facts/run.js';
import type { LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { judgeInFlight } from './in-flight.js';
import { inconclusive, inScenario } from './verdict.js';

const expected = 'every request in flight at the signal gets its complete, normal answer';

export const finishesRequests = defineCheck({
  id: 'finishes-requests',
  item: 3,
  level: () => 'must',
  topic: 'Requests in flight',
  kept: 'Requests in flight were answered',
  broken: 'Requests in flight were lost',
  why: 'Each of them is a payment, an order or a page that somebody is waiting for, on every deploy.',
  sources: [{ mark: 'L', text: 'graceful-shutdown checklist: finish what is in flight' }],
  cure: 'after closing the listener wait for the requests under way before you exit',
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const slow = life.inFlight.filter((exchange) => exchange.kind === 'slow-response');
  // Without a slow endpoint the withheld uploads are the requests that are in flight.
  const requests = facts.plan.slow.length > 0 ? slow : life.inFlight;
  if (requests.length > 0) return judgeInFlight(requests, life, facts, expected);
  return inconclusive(whyNothing(life, facts), 'drain');
}

function whyNothing(life: LifeFacts, facts: RunFacts): string {
  const tried = life.exchanges.filter((exchange) => exchange.kind === 'slow-response');
  if (tried.length > 0) {
    const reason = tried.find((exchange) => exchange.notArmedBecause !== null)?.notArmedBecause;
    return reason === undefined || reason === null
      ? 'the slow endpoint had answered before the signal; name one that takes longer with --slow'
      : `nothing was in flight: ${reason}`;
  }
  const upload =
    facts.upload === null
      ? ''
      : ` (${facts.upload.method} ${facts.upload.path}: ${facts.upload.reason ?? 'it did not hold'})`;
  return `nothing could be held in flight${upload}; name an endpoint that takes a while with --slow <path>`;
}
