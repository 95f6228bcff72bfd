import type { ScenarioId } from '../plan/types.js';
import type { Metric, Report, ScenarioReport, TimeSpread } from './types.js';

/** The deaths that are timed. A death during the start has no time that could be compared. */
const TIMED: readonly ScenarioId[] = [
  'drain',
  'together',
  'idle',
  'streams',
  'stuck',
  'repeat-signal',
  'interrupt',
  'pid-1',
];

/** Milliseconds; killed: it came to no end of its own, so that no number is large enough; null: not measured. */
export type Sample = number | 'killed' | null;

/** One time of one death, in each trial. */
export function samplesOf(reports: readonly Report[], scenario: ScenarioId, metric: Metric): Sample[] {
  return reports.map((report) => {
    const death = report.scenarios.find((one) => one.id === scenario && one.status !== 'skipped');
    return death === undefined ? null : sampleOf(death, metric);
  });
}

function sampleOf({ exit, readiness, status }: ScenarioReport, metric: Metric): Sample {
  if (status !== 'played') return null;
  switch (metric) {
    case 'exit':
      return exit === null ? null : exit.killed ? 'killed' : exit.afterMs;
    // The interval in which it began to fail; the later end is the one that is promised.
    case 'readiness':
      return readiness?.flippedAfterMs?.to ?? null;
  }
}

/** The nearest-rank percentile: one of the values themselves. What was killed ranks last. Null of nothing. */
export function percentile(samples: readonly Sample[], percent: number): Sample {
  const ranked = samples
    .filter((sample) => sample !== null)
    .sort((a, b) => (a === 'killed' ? Infinity : a) - (b === 'killed' ? Infinity : b) || 0);
  return ranked[Math.max(0, Math.ceil((percent / 100) * ranked.length) - 1)] ?? null;
}

/** How each time was spread over the trials, for the deaths that were played. */
export function spreadsOf(reports: readonly Report[]): TimeSpread[] {
  return TIMED.filter((id) =>
    reports.some((report) => report.scenarios.some((one) => one.id === id && one.exit !== null)),
  ).flatMap((scenario) =>
    (['exit', 'readiness'] as const).map((metric) => spread(samplesOf(reports, scenario, metric), scenario, metric)),
  );
}

function spread(samples: readonly Sample[], scenario: ScenarioId, metric: Metric): TimeSpread {
  const own = samples.filter((sample) => typeof sample === 'number');
  const at = (percent: number) => percentile(own, percent) as number | null;
  return { metric, scenario, measured: own.length, p50Ms: at(50), p95Ms: at(95), maxMs: at(100) };
}
