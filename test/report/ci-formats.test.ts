import { describe, expect, it } from 'vitest';
import type { Log } from 'sarif';
import { renderGithub } from '../../src/report/github.js';
import { renderGitlab } from '../../src/report/gitlab.js';
import { escapeMarkdown, renderMarkdown } from '../../src/report/markdown.js';
import { renderSarif } from '../../src/report/sarif.js';
import { EVERYTHING, HARMFUL, keptReport, MARKUP } from '../support/reports.js';

const clean = keptReport('perfect-with-lame-duck');
const counting = (status: string) =>
  EVERYTHING.checks.filter((check) => check.status === status && !check.ignored && !check.known);

describe('github', () => {
  it('is an annotation for each check that is not kept, and one for the verdict', () => {
    const lines = renderGithub(EVERYTHING).trimEnd().split('\n');
    const of = (command: string) => lines.filter((line) => line.startsWith(`::${command} `));
    expect(of('error')).toHaveLength(
      counting('fail').length + counting('inconclusive').length + counting('flaky').length + 2,
    );
    expect(of('warning')).toHaveLength(counting('warn').length);
    expect(of('notice')).toHaveLength(1);
    expect(lines).toContainEqual(
      expect.stringMatching(/^::error file=deploy\/app one\.yaml,line=12,col=7,title=drain-check%3A /),
    );
  });
  it('has one command on each line, whatever a target says', () => {
    const text = renderGithub(HARMFUL);
    for (const line of text.trimEnd().split('\n')) expect(line).toMatch(/^::(error|warning|notice) [^:]*::/);
    expect(text).not.toMatch(/[\r\u0000\u001b]/);
    // A percent sign of the target's would be read back as a line end.
    expect(text).toContain('%250A');
  });
  it('has the verdict alone for a clean run', () =>
    expect(renderGithub(clean)).toMatch(/^(::warning [^\n]*\n)*::notice [^\n]*\n$/));
});

describe('gitlab', () => {
  const issues = (report = EVERYTHING) =>
    JSON.parse(renderGitlab(report)) as {
      description: string;
      check_name: string;
      fingerprint: string;
      severity: string;
      location: { path: string; lines: { begin: number } };
    }[];
  it('has an issue for each check that is not kept, each with what GitLab requires', () => {
    const bad = ['fail', 'warn', 'inconclusive', 'flaky'].flatMap(counting);
    expect(issues()).toHaveLength(bad.length + 2);
    for (const issue of issues()) {
      expect(Object.keys(issue).sort()).toEqual(['check_name', 'description', 'fingerprint', 'location', 'severity']);
      expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(issue.severity);
    }
    expect(new Set(issues().map(({ fingerprint }) => fingerprint)).size).toBe(issues().length);
  });
  it('stands where the finding is', () => {
    const issue = issues().find(({ check_name }) => check_name === 'finishes-requests');
    expect(issue).toMatchObject({
      severity: 'critical',
      location: { path: 'deploy/app one.yaml', lines: { begin: 12 } },
    });
  });
  it('knows a problem again in the next pipeline', () => {
    const later = {
      ...EVERYTHING,
      startedAt: '2027-01-01T00:00:00.000Z',
      checks: EVERYTHING.checks.map((check) => ({ ...check, observed: 'other words' })),
    };
    expect(issues(later).map(({ fingerprint }) => fingerprint)).toEqual(issues().map(({ fingerprint }) => fingerprint));
  });
  it('is an empty list for a run in which nothing is to be said', () =>
    expect(renderGitlab({ ...clean, checks: clean.checks.filter(({ status }) => status === 'pass') })).toBe('[]\n'));
});

describe('sarif', () => {
  const log = (report = EVERYTHING) => JSON.parse(renderSarif(report)) as Log;
  it('has the findings that have a place in a file, and a rule for each', () => {
    const [run] = log().runs;
    expect(run?.results?.map(({ ruleId, level }) => [ruleId, level])).toEqual([
      ['finishes-requests', 'error'],
      ['finishes-uploads', 'warning'],
    ]);
    expect(run?.tool.driver.rules?.map(({ id }) => id)).toEqual(['finishes-requests', 'finishes-uploads']);
    expect(run?.results?.[0]?.locations?.[0]?.physicalLocation).toEqual({
      artifactLocation: { uri: 'deploy/app%20one.yaml' },
      region: { startLine: 12, startColumn: 7 },
    });
  });
  it('has none for a run without a manifest', () => expect(log(clean).runs[0]?.results).toEqual([]));
  it('says that a run was cut off', () =>
    expect(log({ ...EVERYTHING, complete: false }).runs[0]?.invocations?.[0]?.executionSuccessful).toBe(false));
});

describe('markdown', () => {
  it('has what is wrong first, each with its cure', () => {
    const text = renderMarkdown(EVERYTHING);
    expect(text).toMatch(/^## ❌ drain-check: fail\n/);
    expect(text.indexOf('### ❌ Requests in flight were lost')).toBeGreaterThan(0);
    expect(text.indexOf('### ❌ Requests in flight were lost')).toBeLessThan(text.indexOf('| checklist |'));
    expect(text).toContain('`drain-check explain finishes-requests`');
    expect(text).toContain('### 🔀 ');
    expect(text).toContain('**trials** 3 passed, 2 failed');
  });
  it('keeps its tables whole, and makes nothing of what a target says', () => {
    const text = renderMarkdown(HARMFUL);
    for (const line of text.split('\n').filter((row) => row.startsWith('|')))
      expect([3, 6]).toContain(line.split('|').length - 1);
    expect(text).not.toMatch(/<script|@everyone|https:\/\/evil|\u001b|\u202e/);
  });
  it('escapes so that text is shown as it is', () => {
    const shown = escapeMarkdown(MARKUP).replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    expect(shown).toContain(
      '<script>alert(1)</script>]]>--><img src=x onerror=alert(1)> &amp; "q" \'a\' ` * _ | # SKIP \\ @everyone #1 https://evil.example',
    );
  });
});
