import { readFileSync } from 'node:fs';
import type { CheckReport, Report } from '../../src/report/types.js';

/** Text that does harm in one format or another: markup, commands, mentions, tables, directives. */
export const MARKUP = `<script>alert(1)</script>]]>--><img src=x onerror=alert(1)> &amp; "q" 'a' \` * _ | # SKIP \\ @everyone #1 https://evil.example ::error::x %0A ##[error] {{x}} \ud800 \u001b[31m \u202e \u0000 \r\n::add-mask::y`;

/** The report of a kept recording. */
export function keptReport(name: string): Report {
  const file = new URL(`../../fixtures/recordings/${name}.report.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Report;
}

/** A report with one check changed, for what no kept recording holds. */
export function withCheck(report: Report, id: string, changes: Partial<CheckReport>): Report {
  return { ...report, checks: report.checks.map((check) => (check.id === id ? { ...check, ...changes } : check)) };
}

const bad = keptReport('exits-at-once');

/** One report that holds everything a report can hold: a finding in a file, trials that do not agree, what is known. */
export const EVERYTHING: Report = {
  ...[
    ['exits-in-time', { status: 'flaky', trials: { pass: 3, warn: 0, fail: 2, skip: 0, inconclusive: 0 } }],
    ['exits-cleanly', { status: 'flaky', trials: { pass: 4, warn: 0, fail: 0, skip: 0, inconclusive: 1 } }],
    ['keeps-liveness', { status: 'fail', ignored: true }],
    ['stops-accepting', { status: 'fail', known: true }],
    ['finishes-requests', { status: 'fail', location: { file: 'deploy/app one.yaml', line: 12, column: 7 } }],
    ['finishes-uploads', { status: 'warn', location: { file: 'deploy/app.yaml', line: 3, column: 1 } }],
  ].reduce((report, [id, changes]) => withCheck(report, id as string, changes as Partial<CheckReport>), bad),
  verdict: 'fail',
  trials: {
    count: 5,
    verdicts: ['pass', 'fail', 'pass', 'fail', 'pass'],
    times: [
      { metric: 'exit', scenario: 'drain', measured: 5, p50Ms: 1980, p95Ms: 2300, maxMs: 2300 },
      { metric: 'readiness', scenario: 'drain', measured: 0, p50Ms: null, p95Ms: null, maxMs: null },
    ],
  },
  budgets: [
    { budget: 'exit.p95<5s', limitMs: 5000, measuredMs: 2300, status: 'pass', because: null },
    { budget: 'exit.max<2s', limitMs: 2000, measuredMs: 2300, status: 'fail', because: null },
    {
      budget: 'readiness.p50<1s',
      limitMs: 1000,
      measuredMs: null,
      status: 'inconclusive',
      because: 'not measured in 5 of 5 trials',
    },
  ],
  baseline: {
    startedAt: '2026-11-01T00:00:00.000Z',
    known: ['stops-accepting'],
    worse: ['finishes-requests'],
    better: [],
  },
};

/** The same with harmful text wherever a target has a say. */
export const HARMFUL: Report = {
  ...EVERYTHING,
  target: { ...EVERYTHING.target, command: MARKUP, stop: MARKUP, origin: MARKUP },
  checks: EVERYTHING.checks.map((check) => ({
    ...check,
    expected: check.expected && MARKUP,
    observed: check.observed && MARKUP,
    because: check.because && MARKUP,
    location: check.location && { ...check.location, file: MARKUP },
  })),
};
