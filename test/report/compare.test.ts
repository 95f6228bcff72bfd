import { describe, expect, it } from 'vitest';
import { changeOf, compareReports } from '../../src/report/compare.js';
import { parseReport } from '../../src/report/read.js';
import { renderComparison } from '../../src/report/terminal/comparison.js';
import { renderJson } from '../../src/report/json.js';
import { PLAIN } from '../../src/report/terminal/style.js';
import type { CheckStatus } from '../../src/report/types.js';
import { EVERYTHING, keptReport, MARKUP } from '../support/reports.js';
import { trial } from '../support/trials.js';

const style = { ...PLAIN, unicode: true, width: 80 };
const STATUSES: (CheckStatus | null)[] = ['pass', 'warn', 'fail', 'skip', 'inconclusive', 'flaky', null];

describe('a change', () => {
  it('is the same the other way about, turned around', () => {
    const turned = { better: 'worse', worse: 'better', same: 'same', unchecked: 'unchecked' } as const;
    for (const before of STATUSES)
      for (const after of STATUSES) {
        if ([before, after].some((one) => one === null || one === 'skip')) continue;
        expect(changeOf(after, before), `${before} ${after}`).toBe(turned[changeOf(before, after)]);
      }
  });
  it('is worse when something newly fails, and neither when it is judged no more', () => {
    expect(changeOf(null, 'fail')).toBe('worse');
    expect(changeOf('skip', 'inconclusive')).toBe('worse');
    expect(changeOf('fail', 'skip')).toBe('unchecked');
    expect(changeOf('pass', null)).toBe('unchecked');
    expect(changeOf(null, 'pass')).toBe('unchecked');
    expect(changeOf('skip', null)).toBe('same');
  });
});

describe('two reports', () => {
  it('are compared by every check of either', () => {
    const { checks } = compareReports(
      trial({ a: 'fail', b: 'pass', gone: 'pass' }),
      trial({ a: 'pass', b: 'fail', c: 'pass' }),
    );
    expect(checks.map(({ id, change }) => [id, change])).toEqual([
      ['a', 'better'],
      ['b', 'worse'],
      ['c', 'unchecked'],
      ['gone', 'unchecked'],
    ]);
  });
  it('are shown with what got worse first, and counted', () => {
    const comparison = compareReports(keptReport('perfect-with-lame-duck'), keptReport('exits-at-once'));
    const text = renderComparison(comparison, ['before.json', MARKUP], style);
    expect(text.indexOf('Worse')).toBeLessThan(text.indexOf('Times'));
    expect(text).toContain('✖ Requests in flight were lost\n       pass -> fail');
    expect(text).toMatch(/\nWORSE {3}\d+ worse, \d+ better, \d+ the same\n$/);
    expect(text).not.toMatch(/[\u0000\u001b\u202e]/);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });
  it('that are equal are the same', () =>
    expect(renderComparison(compareReports(EVERYTHING, EVERYTHING), ['a', 'b'], style)).toMatch(
      /\nSAME {3}0 worse, 0 better, \d+ the same\n$/,
    ));
});

describe('a report that is read', () => {
  it('is the one that was written', () => expect(parseReport(renderJson(EVERYTHING), 'x')).toEqual(EVERYTHING));
  it('may be of a version that did not know everything yet', () => {
    const later = ['known', 'location', 'trials'];
    const old = JSON.stringify(EVERYTHING, (name, value: unknown) => (later.includes(name) ? undefined : value));
    expect(parseReport(old, 'x').checks[0]).toMatchObject({
      known: false,
      location: null,
      trials: null,
    });
  });
  it.each([
    ['', 'x is not JSON'],
    ['{"schemaVersion":1}', 'x is not a report of drain-check.'],
    ['{"schemaVersion":2}', 'x has report schema 2; this drain-check reads schema 1.'],
    ['null', 'x is not a report of drain-check.'],
    ['{"schemaVersion":1,"checks":[{"id":"a"}],"scenarios":[]}', 'check 1 of it is none'],
    ['{"schemaVersion":1,"checks":[],"scenarios":[1]}', 'a scenario of it is none'],
  ])('or none, and says so: %s', (text, message) => {
    expect(() => parseReport(text, 'x')).toThrow(
      expect.objectContaining({
        code: 'report-unreadable',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  });
});
