import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { renderJunit } from '../../src/report/junit.js';
import { outcomeOf } from '../../src/report/outcome.js';
import type { Report } from '../../src/report/types.js';
import { EVERYTHING, HARMFUL, keptReport } from '../support/reports.js';

const xsd = readFileSync(new URL('./schemas/junit.xsd', import.meta.url), 'utf8');

async function problems(xml: string): Promise<string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: xml }],
    schema: [{ fileName: 'junit.xsd', contents: xsd }],
  });
  return errors.map((error) => error.message);
}

const samples: [string, Report][] = [
  ['everything', EVERYTHING],
  ['harmful text', HARMFUL],
  ['a clean run', keptReport('perfect-with-lame-duck')],
  ['no check at all', { ...EVERYTHING, checks: [], budgets: [] }],
  ['an unknown time', { ...EVERYTHING, startedAt: 'unknown' }],
];

describe('junit', () => {
  it.each(samples)('is valid: %s', async (_, report) => expect(await problems(renderJunit(report))).toEqual([]));

  it('is not taken for valid when it is not', async () => {
    expect(await problems(renderJunit(EVERYTHING).replace('<testcase ', '<testkase '))).not.toEqual([]);
    expect(await problems(renderJunit(EVERYTHING).replace(' timestamp=', ' when='))).not.toEqual([]);
  });

  it('has every check as one case, in order, and counts what it says', () => {
    const xml = renderJunit(EVERYTHING);
    const names = [...xml.matchAll(/<testcase name="([a-z0-9-]+): /g)].map(([, id]) => id);
    const byItem = [...EVERYTHING.checks].sort((a, b) => a.item - b.item);
    expect(names).toEqual(byItem.map((check) => check.id));
    const outcomes = (wanted: readonly string[]) =>
      EVERYTHING.checks.filter((check) => wanted.includes(outcomeOf(check))).length;
    const sum = (name: string) =>
      [...xml.matchAll(new RegExp(` ${name}="(\\d+)"`, 'g'))].reduce((total, [, count]) => total + Number(count), 0);
    // One budget of three is broken, one could not be measured.
    expect(sum('failures')).toBe(outcomes(['broken']) + 1);
    expect(sum('errors')).toBe(outcomes(['unproved']) + 1);
    expect(sum('skipped')).toBe(outcomes(['skipped', 'excused']));
    expect(sum('tests')).toBe(EVERYTHING.checks.length + 3);
  });

  it('calls a broken promise a failure, what was not judged an error, and says why what is excused is', () => {
    const xml = renderJunit(EVERYTHING);
    const caseOf = (id: string) =>
      new RegExp(`<testcase name="${id}: [^]*?(?:/>\n    <|</testcase>)`).exec(xml)?.[0] ?? '';
    expect(caseOf('finishes-requests')).toMatch(/<failure message="Requests in flight were lost: .* type="broken"/);
    expect(caseOf('finishes-requests')).toContain('where: deploy/app one.yaml:12:7');
    expect(caseOf('exits-in-time')).toMatch(/<failure [^]*trials: 3 passed, 2 failed/);
    expect(caseOf('exits-cleanly')).toMatch(/<error [^]*trials: 4 passed, 1 not proved/);
    expect(caseOf('keeps-liveness')).toContain('<skipped message="ignored: ');
    expect(caseOf('stops-accepting')).toContain('<skipped message="known from the baseline: ');
  });
});
