import { parseDuration } from './durations.js';
import type { Reader } from './reader.js';
import type { ScenarioId, TargetPlan } from './types.js';
import * as values from './values.js';
import type { Parsed } from './values.js';

/** A limit on a time that is measured in every trial, such as `exit.p95<5s`. */
export interface Budget {
  /** As it was given. */
  text: string;
  /** The death it is about; null: that of every day, `drain` or `together`. */
  scenario: ScenarioId | null;
  metric: 'exit' | 'readiness';
  statistic: 'p50' | 'p95' | 'max';
  limitMs: number;
}

/** How many runs are judged together, and by what beside the checks. */
export interface GateChoices {
  repeat: number;
  budgets: Budget[];
  /** Path of a report or a recording whose failures do not count; null: all count. */
  baseline: string | null;
}

/** Reads `--repeat`, `--budget` and `--baseline`. */
export function readGate(reader: Reader, scenarios: readonly ScenarioId[]): GateChoices {
  const baseline = reader.text('baseline');
  if (baseline === '') reader.complain('baseline', '', 'is empty; give the path of a report or a recording');
  return {
    repeat: reader.one('repeat', (text) => values.wholeNumber(text, 1, 100), 1),
    budgets: reader.many('budget', (text) => budget(text, scenarios)),
    baseline: baseline === '' ? null : baseline,
  };
}

/** What can die only once cannot be tried again, and nothing waits for it to change. */
export function refuseSecondLife(reader: Reader, target: TargetPlan, options: readonly string[]): void {
  if (target.kind !== 'process') return;
  for (const name of options) {
    const text = reader.text(name);
    if (text !== null && text !== '1' && text !== 'false')
      reader.complain(name, text, 'needs a target that can be started again; a process given with --pid dies once');
  }
}

/** `[scenario.]exit|readiness.p50|p95|max<duration`. */
export function budget(text: string, scenarios: readonly ScenarioId[]): Parsed<Budget> {
  const match = /^\s*(?:([a-z][a-z0-9-]*)\.)?(exit|readiness)\.(p50|p95|max)\s*<=?\s*(\S.*?)\s*$/.exec(text);
  if (match === null) {
    const eaten = text.includes('<') ? '' : ' (quote it: a shell takes < for itself)';
    return {
      problem: `is not a budget; write it like 'exit.p95<5s', 'readiness.max<1s' or 'idle.exit.p50<2s'${eaten}`,
    };
  }
  const [, named, metric, statistic, limit = ''] = match;
  const scenario = named === undefined ? { value: null } : values.oneOf(named, scenarios);
  if ('problem' in scenario) return { problem: `begins with a scenario that ${scenario.problem}` };
  const limitMs = parseDuration(limit);
  if (limitMs === null) return { problem: 'has a limit that is not a duration; write it like 500ms, 2s or 1m30s' };
  return {
    value: {
      text: text.replace(/\s+/g, ''),
      scenario: scenario.value,
      metric: metric as Budget['metric'],
      statistic: statistic as Budget['statistic'],
      limitMs,
    },
  };
}
