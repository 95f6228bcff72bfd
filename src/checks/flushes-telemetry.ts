import { formatDuration } from '../plan/durations.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { finishedInFlight, inPeace, type FinishedRequest } from './marked-requests.js';
import { whyNoRequest } from './nothing-held.js';
import { countedSeries } from './statsd-series.js';
import { fail, inconclusive, inScenario, pass, plural } from './verdict.js';

/** An export that came so shortly before an answer may have been on its way at the same time. Milliseconds. */
const TOGETHER_MS = 50;

const expected = 'what is known of the requests in flight is sent before the process exits';

export const flushesTelemetry = defineCheck({
  id: 'flushes-telemetry',
  item: 5,
  level: () => 'must',
  view: 'processes',
  needs: 'telemetry',
  topic: 'Telemetry of the last requests',
  kept: 'Telemetry of the last requests was sent before the exit',
  broken: 'Telemetry of the last requests was lost at the exit',
  why: 'Spans and metrics are sent in batches. Those of the last seconds, which are just the ones that tell how a shutdown went, are lost when nobody flushes them.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: flush metrics and logs' },
    { mark: 'R', text: 'OpenTelemetry specification, TracerProvider: Shutdown must include ForceFlush' },
  ],
  cure: 'when the last request is answered, await sdk.shutdown() (or close the StatsD client) before the process exits',
  judge: (facts) => inScenario(facts, 'drain', (life) => judgeDrain(life, facts)),
});

function judgeDrain(life: LifeFacts, facts: RunFacts): Verdict {
  const { marks } = life;
  const peace = inPeace(life);
  const signalAt = life.signal?.at ?? Infinity;
  const finished = finishedInFlight(life, facts);
  const traced = peace.filter(({ exportedAt }) => exportedAt !== null && exportedAt < signalAt);
  if (peace.length === 0)
    return inconclusive('no request was answered in peace, so that it is not known where requests show', 'drain');
  if (
    traced.length === 0 &&
    marks.exports.every(({ at }) => at >= signalAt) &&
    marks.statsd.every(({ at }) => at >= signalAt)
  )
    return inconclusive(
      'no telemetry came before the signal, so that none can be missed: is the target instrumented, and does it read OTEL_EXPORTER_OTLP_ENDPOINT or STATSD_HOST and STATSD_PORT?',
      'drain',
    );
  if (life.inFlight.length === 0) return inconclusive(whyNoRequest(life, facts), 'drain');
  if (finished.length === 0) return inconclusive('no request in flight was finished; see finishes-requests', 'drain');
  if (traced.length === peace.length) return judgeTraces(finished);
  if (traced.length > 0)
    return inconclusive(
      `only ${traced.length} of ${peace.length} requests in peace showed in traces (they are sampled), so that none can be demanded; trace all of them for the rehearsal`,
      'drain',
    );
  return marks.statsd.some(({ at }) => at < signalAt) ? judgeStatsd(life, facts) : judgeMetrics(life, finished);
}

function judgeTraces(finished: readonly FinishedRequest[]): Verdict {
  const lost = finished.filter(({ marked }) => marked.exportedAt === null).map(({ marked }) => marked.evidence);
  if (lost.length > 0)
    return fail('drain', {
      expected,
      observed: `spans of ${lost.length} of ${plural(finished.length, 'request')} that were finished after the signal never came`,
      evidence: lost.slice(0, 10),
    });
  return pass(
    'drain',
    `spans of ${finished.length} of ${plural(finished.length, 'request')}`,
    finished.slice(0, 10).map(({ marked }) => marked.evidence),
  );
}

/** Metrics name no request: what is sent before the last answer cannot hold it. */
function judgeMetrics({ marks }: LifeFacts, finished: readonly FinishedRequest[]): Verdict {
  const lastAnswer = Math.max(...finished.map(({ finishedAt }) => finishedAt));
  const metrics = marks.exports.filter(({ exported }) => exported === 'metrics');
  const last = metrics.at(-1);
  if (last === undefined) return inconclusive('the target exports logs only, which are not followed', 'drain');
  if (last.at >= lastAnswer - TOGETHER_MS)
    return pass('drain', 'metrics came after the last answer', [last.seq], 'which requests they count cannot be seen');
  return fail('drain', {
    expected,
    observed: `the last metrics came ${formatDuration(lastAnswer - last.at)} before the last request was answered`,
    evidence: [last.seq],
  });
}

function judgeStatsd(life: LifeFacts, facts: RunFacts): Verdict {
  const counted = countedSeries(life, facts);
  const short = counted.filter(({ came, wanted }) => came < wanted);
  const [first] = short.length > 0 ? short : counted;
  if (first === undefined)
    return inconclusive(
      'the StatsD series do not tell the requests in flight from others, so that none of theirs can be missed; count them by their path, or without sampling',
      'drain',
    );
  const { name, wanted, came, evidence } = first;
  const points = `${name}: ${came} of ${wanted} points`;
  if (short.length === 0) return pass('drain', `${points} after the signal`, evidence);
  const whole = counted.find((one) => !short.includes(one));
  if (whole !== undefined)
    return inconclusive(`${points} came after the signal, and all of ${whole.name}`, 'drain', evidence);
  return fail('drain', { expected, observed: `${points} came after the signal`, evidence });
}
