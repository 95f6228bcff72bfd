import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../src/checks/index.js';
import { generatedPart, withGeneratedPart } from '../src/report/check-page.js';
import { CHECKLIST } from '../src/report/checklist.js';
import { listFixtures, type Fixture } from '../fixtures/fixtures.js';
import type { Need } from '../src/plan/types.js';
import { CASES, QUICK_CASES } from '../fixtures/backends/cases.js';

const ROOT = path.resolve(import.meta.dirname, '..');
const ids = CHECKS.map((check) => check.id);
const fixtures = listFixtures();

/** Files in src/checks that are no check. */
const SHARED = [
  'check',
  'exit-words',
  'index',
  'in-flight',
  'jobs',
  'judge',
  'kind-words',
  'marked-requests',
  'manifest-subjects',
  'nothing-held',
  'probe-questions',
  'probe-words',
  'rehearsal',
  'rehearsal-words',
  'rule',
  'signal-eaters',
  'signal-path',
  'statsd-series',
  'verdict',
  'websockets',
  'worker-jobs',
  'wrappers',
];

describe('the catalogue', () => {
  it('has every id once', () => {
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('holds every check that has a source file, and no other', () => {
    const sources = readdirSync(path.join(ROOT, 'src/checks'))
      .map((file) => file.replace(/\.ts$/, ''))
      .filter((name) => !SHARED.includes(name));
    expect(sources.sort()).toEqual([...ids].sort());
  });

  it('has a page for every check, and no other', () => {
    const pages = readdirSync(path.join(ROOT, 'docs/checks'))
      .filter((file) => file !== 'README.md')
      .map((file) => file.replace(/\.md$/, ''));
    expect(pages.sort()).toEqual([...ids].sort());
  });

  it('stands in the order of the checklist', () => {
    const items = CHECKS.map((check) => check.item);
    expect(items).toEqual([...items].sort((a, b) => a - b));
    expect(CHECKLIST.map((entry) => entry.number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

/** A server's misdeed is cured in its code, a manifest's in the manifest. */
const CURES = { server: ['### Node', '### Python', '### Go', '### Java'], manifest: ['```yaml'] };
const servers = CHECKS.filter(({ view }) => view !== 'manifest').map((check) => ({ id: check.id, check }));

describe.each(CHECKS.map((check) => ({ id: check.id, check })))('$id', ({ id, check }) => {
  const isRule = check.view === 'manifest';

  it('has a test of its own', () => {
    // Those of manifests are proved by manifests, in one table, which says what is missing: manifest-rules.test.ts.
    const proof = isRule ? `fixtures/manifests/${id}/bad.yaml` : `test/checks/${id}.test.ts`;
    expect(existsSync(path.join(ROOT, proof))).toBe(true);
  });

  it('has a page that agrees with it and shows its cure where it is cured', () => {
    const page = readFileSync(path.join(ROOT, `docs/checks/${id}.md`), 'utf8');
    expect(withGeneratedPart(page, generatedPart(check))).toBe(page);
    const cures = CURES[isRule ? 'manifest' : 'server'];
    for (const part of ['## Why it matters', '## How it is judged', '## Cure', ...cures, '## Sources'])
      expect(page).toContain(part);
  });

  it('speaks in sentences', () => {
    for (const text of [check.kept, check.broken, check.topic]) expect(text).toMatch(/^[A-Z][^.]*[^.\s]$/);
    expect(check.why).toMatch(/^[A-Z].*\.$/);
    expect(check.cure).toMatch(/^[a-z].*[^.]$/);
    expect(check.sources.length).toBeGreaterThan(0);
  });
});

describe.each(servers)('$id', ({ id }) => {
  it('is kept by some fixture and not kept by another', () => {
    // What stands behind services has a table of its own.
    const statuses = new Set([...fixtures, ...CASES, ...QUICK_CASES].map(({ verdicts }) => verdicts[id]));
    expect(statuses).toContain('pass');
    expect([...statuses].some((status) => status === 'fail' || status === 'warn')).toBe(true);
  });
});

/** What a fixture's run is about beside the usual: checks of other things are not in its plan. */
function gives(need: Need, { target, options }: Fixture): boolean {
  if (need === 'listener') return true;
  if (need === 'replacement') return target === 'url';
  return need === 'load' && options.some((option) => option.startsWith('--load'));
}

describe.each(fixtures)('fixture $name', (fixture) => {
  const { verdicts } = fixture;

  it('says what every check must say of it', () => {
    const judged = CHECKS.filter(
      ({ needs }) => needs === undefined || [needs].flat().some((need) => gives(need, fixture)),
    );
    expect(Object.keys(verdicts)).toEqual(judged.map((check) => check.id));
    for (const status of Object.values(verdicts).flatMap((words) => words.split(' | ')))
      expect(['pass', 'warn', 'fail', 'skip', 'inconclusive']).toContain(status);
  });
});
