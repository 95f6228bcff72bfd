import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { judgeInFlight } from './in-flight.js';
import { inconclusive, inScenario, skip } from './verdict.js';

const expected = 'a request whose body is still arriving is read to its end and answered';

export const finishesUploads = defineCheck({
  id: 'finishes-uploads',
  item: 3,
  level: () => 'must',
  view: 'clients',
  needs: 'listener',
  topic: 'Uploads in flight',
  kept: 'Uploads in flight were read to the end and answered',
  broken: 'Uploads in flight were cut off',
  why: 'A request counts from its first byte, not from its last: a client that is still sending loses its work too.',
  sources: [{ mark: 'L', text: 'graceful-shutdown checklist: finish what is in flight' }],
  cure: 'count a request from its head on, and wait for bodies that are still arriving before you exit',
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const uploads = life.inFlight.filter((exchange) => exchange.kind === 'slow-upload');
  if (uploads.length > 0) return judgeInFlight(uploads, life, facts, expected);
  const { upload } = facts;
  const what =
    upload === null
      ? 'no upload was tried'
      : `${upload.method} ${upload.path}: ${upload.reason ?? 'it was not in flight at the signal'}`;
  const named = facts.plan.slow.some((request) => ['POST', 'PUT', 'PATCH'].includes(request.method));
  if (upload?.held === true)
    return inconclusive(
      'the upload was not in flight at the signal: the target had not read it, or had answered it',
      'drain',
      [upload.seq],
    );
  if (named) return inconclusive(`the upload could not be held (${what})`, 'drain');
  return skip(`no endpoint is known to read a body (${what}); name one with --slow 'POST /path'`, 'drain');
}
