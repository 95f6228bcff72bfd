import type { Status } from '../../src/checks/check.js';
import type { CheckReport, Report, ScenarioReport } from '../../src/report/types.js';
import { keptReport } from './reports.js';

const example = keptReport('perfect-with-lame-duck');

/** A report with these checks alone, by their status, and one death of so many milliseconds. */
export function trial(
  statuses: Readonly<Record<string, Status>>,
  {
    exitMs = 1000,
    killed = false,
    flippedMs = 20,
  }: { exitMs?: number; killed?: boolean; flippedMs?: number | null } = {},
): Report {
  const [check] = example.checks as [CheckReport, ...CheckReport[]];
  const death = example.scenarios.find((one) => one.id === 'drain') as ScenarioReport;
  const { exit, readiness } = death;
  return {
    ...example,
    checks: Object.entries(statuses).map(([id, status]) => ({ ...check, id, title: `${id} is ${status}`, status })),
    scenarios: [
      {
        ...death,
        exit: exit && { ...exit, afterMs: exitMs, killed },
        readiness: readiness && {
          ...readiness,
          flippedAfterMs: flippedMs === null ? null : { from: flippedMs - 10, to: flippedMs },
        },
      },
    ],
  };
}
