import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Status } from '../src/checks/check.js';
import { settle } from '../src/judging.js';
import { budget } from '../src/plan/gate.js';
import type { Report } from '../src/report/types.js';
import { validateReport } from './support/schema.js';
import { trial } from './support/trials.js';

type Trials = [Report, ...Report[]];
const alone = { budgets: [], baseline: null };
const limit = (text: string) => {
  const parsed = budget(text, ['drain', 'idle', 'together']);
  if ('problem' in parsed) throw new Error(parsed.problem);
  return parsed.value;
};
const budgetOf = (text: string, trials: Trials) =>
  settle(trials, { budgets: [limit(text)], baseline: null }).budgets[0];

describe('trials', () => {
  it('that agree are as one, with their count', () => {
    const report = settle([trial({ a: 'pass' }), trial({ a: 'pass' }), trial({ a: 'pass' })], alone);
    expect(report.checks[0]).toMatchObject({ status: 'pass', trials: { pass: 3, fail: 0 } });
    expect(report.verdict).toBe('pass');
    expect(report.trials?.count).toBe(3);
    expect(validateReport(report)).toEqual([]);
  });

  it.each<[Status[], Report['verdict']]>([
    [['pass', 'fail'], 'fail'],
    [['pass', 'inconclusive'], 'inconclusive'],
    [['pass', 'skip'], 'warn'],
    [['pass', 'warn'], 'warn'],
    [['skip', 'inconclusive'], 'inconclusive'],
  ])('that do not agree are flaky: %j is %s', (statuses, verdict) => {
    const [first = 'pass', ...others] = statuses;
    const report = settle([trial({ a: first }), ...others.map((status) => trial({ a: status }))], alone);
    expect(report.checks[0]?.status).toBe('flaky');
    expect(report.checklist[0]?.status).toBe('flaky');
    expect(report.verdict).toBe(verdict);
    expect(validateReport(report)).toEqual([]);
  });

  it('are never a pass when one of them was not, and show the worst of them', () => {
    const status = fc.constantFrom<Status>('pass', 'warn', 'fail', 'skip', 'inconclusive');
    fc.assert(
      fc.property(fc.array(status, { minLength: 2, maxLength: 6 }), (statuses) => {
        const [first, ...others] = statuses.map((one) => trial({ a: one, b: 'pass' })) as Trials;
        const report = settle([first, ...others], alone);
        const [check] = report.checks;
        const counts = Object.values(check?.trials ?? {}).reduce((sum, count) => sum + count, 0);
        expect(counts).toBe(statuses.length);
        expect(check?.status).toBe(new Set(statuses).size === 1 ? statuses[0] : 'flaky');
        if (report.verdict === 'pass')
          expect(statuses.every((one) => one === 'pass') || statuses.every((one) => one === 'skip')).toBe(true);
        expect(report.verdict === 'fail').toBe(statuses.includes('fail'));
      }),
    );
  });

  it('do not count what is ignored', () => {
    const ignored = (status: Status) => {
      const one = trial({ a: status, b: 'pass' });
      return { ...one, checks: one.checks.map((check) => ({ ...check, ignored: check.id === 'a' })) };
    };
    expect(settle([ignored('pass'), ignored('fail')], alone).verdict).toBe('pass');
  });

  it('tell how their times were spread', () => {
    const times = [5, 1, 3, 2, 4].map((seconds) => trial({ a: 'pass' }, { exitMs: seconds * 1000 })) as Trials;
    const report = settle([...times, trial({ a: 'fail' }, { exitMs: 30_000, killed: true })], alone);
    expect(report.trials?.times[0]).toEqual({
      metric: 'exit',
      scenario: 'drain',
      measured: 5,
      p50Ms: 3000,
      p95Ms: 5000,
      maxMs: 5000,
    });
    expect(report.trials?.verdicts.at(-1)).toBe(report.verdict === 'fail' ? 'pass' : 'fail');
  });
});

describe('budgets', () => {
  const second = (seconds: number) => trial({ a: 'pass' }, { exitMs: seconds * 1000 });
  it('are held against the percentile, and weigh as much as a must-check', () => {
    const trials: Trials = [second(1), second(2), second(9)];
    expect(budgetOf('exit.p50<3s', trials)).toMatchObject({ status: 'pass', measuredMs: 2000 });
    expect(budgetOf('exit.p95<3s', trials)).toMatchObject({ status: 'fail', measuredMs: 9000 });
    expect(settle(trials, { budgets: [limit('exit.p95<3s')], baseline: null }).verdict).toBe('fail');
    expect(settle(trials, { budgets: [limit('exit.p50<3s')], baseline: null }).verdict).toBe('pass');
  });
  it('are broken at their limit', () => expect(budgetOf('exit.max<2s', [second(2)])?.status).toBe('fail'));
  it('are not kept by a target that had to be killed, however large they are', () => {
    const killed = trial({ a: 'pass' }, { exitMs: 100, killed: true });
    expect(budgetOf('exit.max<1h', [killed])).toMatchObject({
      status: 'fail',
      because: 'it was killed in 1 of 1 trial',
    });
    expect(budgetOf('exit.p50<2s', [second(1), second(1), killed])?.status).toBe('pass');
  });
  it('are not proved by what was not measured, unless the rest is over the limit already', () => {
    const never = trial({ a: 'pass' }, { flippedMs: null });
    expect(budgetOf('readiness.max<1s', [trial({ a: 'pass' }), never])).toMatchObject({
      status: 'inconclusive',
      because: 'drain has no failing readiness in 1 of 2 trials',
    });
    expect(budgetOf('idle.exit.p95<1s', [second(1)])?.status).toBe('inconclusive');
    expect(budgetOf('readiness.max<10ms', [trial({ a: 'pass' }), never])?.status).toBe('fail');
    expect(settle([never], { budgets: [limit('readiness.max<1s')], baseline: null }).verdict).toBe('inconclusive');
  });
});

describe('a baseline', () => {
  const settled = (before: Record<string, Status>, after: Record<string, Status>) =>
    settle([trial(after)], { budgets: [], baseline: trial(before) });
  it('forgives what was as bad before, which is no pass', () => {
    const report = settled({ a: 'fail', b: 'pass' }, { a: 'fail', b: 'pass' });
    expect(report.verdict).toBe('warn');
    expect(report.checks[0]).toMatchObject({ status: 'fail', known: true });
    expect(report.baseline).toMatchObject({ known: ['a'], worse: [], better: [] });
    expect(validateReport(report)).toEqual([]);
  });
  it.each<[Status, Status, Report['verdict']]>([
    ['pass', 'fail', 'fail'],
    ['skip', 'fail', 'fail'],
    ['warn', 'fail', 'fail'],
    ['inconclusive', 'fail', 'fail'],
    ['fail', 'inconclusive', 'warn'],
    ['fail', 'pass', 'pass'],
    ['pass', 'inconclusive', 'inconclusive'],
  ])('where %s became %s, the run is %s', (before, after, verdict) =>
    expect(settled({ a: before, b: 'pass' }, { a: after, b: 'pass' }).verdict).toBe(verdict),
  );
  it('forgives nothing that it does not hold', () => expect(settled({}, { a: 'fail' }).verdict).toBe('fail'));
  it('does not forgive what fails always now and did sometimes', () => {
    const flaky = settle([trial({ a: 'pass' }), trial({ a: 'fail' })], alone);
    expect(settle([trial({ a: 'fail' })], { budgets: [], baseline: flaky }).verdict).toBe('fail');
    expect(settle([trial({ a: 'pass' }), trial({ a: 'fail' })], { budgets: [], baseline: flaky }).verdict).toBe('warn');
  });
});
