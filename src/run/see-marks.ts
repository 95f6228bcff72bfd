import { setTimeout as sleep } from 'node:timers/promises';
import { backendsOf } from '../plan/backends.js';
import type { Origin } from '../plan/origin.js';
import { openConnection } from '../traffic/connection.js';
import type { HttpRequest } from '../traffic/http-message.js';
import { marked } from '../traffic/mark.js';
import { plainRequest, slowHttpRequest, uploadRequest } from '../traffic/upload.js';
import type { BegunLife } from './begin.js';
import type { KnownWork, RunContext } from './context.js';

/** So many requests in peace show where their ids turn up. */
const IN_PEACE = 3;
/** OpenTelemetry's batches wait 5 s before they are sent; twice that is patience enough. Milliseconds. */
const TELEMETRY_WAIT_MS = 12_000;
/** Where metrics came already, traces come with the next batch or there are none. */
const BATCH_WAIT_MS = 6500;
/** What is logged is logged at once, or in blocks that fill up later. Milliseconds. */
const LOG_WAIT_MS = 300;
const POLL_MS = 20;

/**
 * Sends marked requests in peace, the same as will be in flight, and waits until they turn up in telemetry and output:
 * only what was seen to be told before the signal can be missed after it.
 */
export async function seeMarks(
  context: RunContext,
  { recorder, backends }: BegunLife,
  origin: Origin,
  work: KnownWork,
): Promise<void> {
  const { marks } = backends;
  if (marks === null) return;
  const request = requestInPeace(context, work);
  const ids = Array.from({ length: IN_PEACE }, () => marks.next());
  const exported = new Set<string>();
  const counted = { any: false };
  context.recorder.onEvent((event) => {
    if (event.life !== recorder.life) return;
    if (event.type === 'telemetry-received') for (const id of event.ids) exported.add(id);
    // Metrics name no request, so that there is nothing more to wait for in them.
    const isMetric = event.type === 'telemetry-received' && event.exported === 'metrics';
    if (isMetric || (event.type === 'statsd-received' && event.series.length > 0)) counted.any = true;
  });
  recorder.record({ type: 'peace-begun' });
  await Promise.all(
    ids.map(async (id) => {
      const connection = openConnection(origin);
      const { ending } = await connection.request(marked(request, id), undefined, context.plan.startTimeoutMs);
      connection.abandon();
      const answeredAt = ending === 'answered' ? recorder.clock.now() : null;
      recorder.record({ type: 'request-marked', of: null, id, path: request.path, answeredAt });
    }),
  );
  await sleep(LOG_WAIT_MS, undefined, { signal: context.abort });
  if (backendsOf(context.plan).telemetry === null) return;
  const since = performance.now();
  while (!ids.every((id) => exported.has(id))) {
    if (performance.now() - since > (counted.any ? BATCH_WAIT_MS : TELEMETRY_WAIT_MS)) return;
    await sleep(POLL_MS, undefined, { signal: context.abort });
  }
}

/** What will be in flight, whole: a slow endpoint, else the upload, else a plain question. */
function requestInPeace({ plan, known }: RunContext, { upload }: KnownWork): HttpRequest {
  const [slow] = plan.slow;
  if (slow !== undefined) return slowHttpRequest(slow, true);
  return upload === null ? plainRequest(known.survey?.plain?.path ?? '/', true) : uploadRequest(upload, null);
}
