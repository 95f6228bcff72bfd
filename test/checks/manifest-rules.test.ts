import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/index.js';
import { judge } from '../../src/checks/judge.js';
import { parseDuration } from '../../src/plan/durations.js';
import { kubeVersion } from '../../src/plan/values.js';
import { linted, rehearsed } from '../support/manifest.js';
import { examplePlan } from '../support/plan.js';
import { Story } from '../support/story.js';

const DIRECTORY = path.resolve(import.meta.dirname, '../../fixtures/manifests');
const RULES = CHECKS.filter(({ view }) => view === 'manifest').map(({ id }) => id);

interface Fixture {
  rule: string;
  name: string;
  text: string;
  verdict: string;
  /** Lines that are marked with `# here`. */
  lines: number[];
}

const fixtures: Fixture[] = RULES.flatMap((rule) =>
  readdirSync(path.join(DIRECTORY, rule)).map((file) => {
    const text = readFileSync(path.join(DIRECTORY, rule, file), 'utf8');
    const lines = text.split('\n').flatMap((line, i) => (line.includes('# here') ? [i + 1] : []));
    return { rule, name: file, text, verdict: headed(text, 'verdict') ?? 'pass', lines };
  }),
);

function headed(text: string, name: string): string | null {
  return new RegExp(`^# ${name}: (.*)$`, 'm').exec(text)?.[1] ?? null;
}

/** After so long readiness fails in a drain whose header says for how long it serves from then on. Milliseconds. */
const UNREADY_MS = 100;

/** Judges a manifest by all rules, with a drain of the length that its header names, where it names one. */
function judged(text: string, strict = false) {
  const version = kubeVersion(headed(text, 'kube-version') ?? '');
  const kubeMinor = 'value' in version ? version.value : null;
  const drain = parseDuration((headed(text, 'drain') ?? '').replace(' ', ''));
  const serves = parseDuration((headed(text, 'serves') ?? '').replace(' ', ''));
  const manifest = drain === null ? linted(text, { kubeMinor }) : rehearsed(text, { kubeMinor });
  const story = new Story(examplePlan({ manifest, checks: RULES, strict }));
  if (drain !== null) story.life().signal().arrival(25);
  if (serves !== null)
    story
      .probes('readiness', 200, -200, UNREADY_MS)
      .probes('readiness', 503, UNREADY_MS, UNREADY_MS + serves)
      .arrival(UNREADY_MS + serves, 'refused');
  const facts = (drain === null ? story : story.exit(drain)).facts();
  return judge(facts, facts.plan);
}

describe.each(fixtures)('$rule/$name', ({ rule, text, verdict, lines }) => {
  const one = judged(text).find(({ check }) => check.id === rule);

  it(`is called ${verdict}`, () => {
    expect(one?.status).toBe(verdict);
  });

  it('is found on the lines that are marked, and nowhere else', () => {
    const found = (one?.verdict.findings ?? []).filter(({ severity }) => severity !== 'note' || verdict === 'skip');
    expect(found.map(({ at }) => at.line)).toEqual(lines);
    for (const { at } of found) {
      expect(at.file).toBe('k8s.yaml');
      const line = text.split('\n')[at.line - 1] ?? '';
      expect(line.slice(at.column - 1)).toMatch(/^[\w"'-]/);
      expect(line.slice(0, at.column - 1).trim()).toMatch(/^-?$/);
    }
  });

  it('speaks of the place in its sentence, and has a cure', () => {
    if (verdict === 'pass') return;
    const told = `k8s.yaml:${lines[0] ?? ''}:`;
    expect(`${one?.verdict.observed ?? ''} ${one?.verdict.because ?? ''}`).toContain(told);
    expect(one?.check.cure).toMatch(/^[a-z]/);
  });

  it('fails with --strict where it warns', () => {
    if (verdict === 'warn') expect(judged(text, true).find(({ check }) => check.id === rule)?.status).toBe('fail');
  });
});

describe('the manifests', () => {
  it('are there for every rule, one that keeps it and one that does not', () => {
    expect(readdirSync(DIRECTORY).sort()).toEqual([...RULES].sort());
    for (const rule of RULES) {
      const names = fixtures.filter((one) => one.rule === rule).map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(['good.yaml', 'bad.yaml']));
      for (const name of names) expect(name).toMatch(/^(good|bad)(-[a-z-]+)?\.yaml$/);
    }
  });

  it('say of the good ones that they are good, and of the bad ones that they are not', () => {
    for (const { name, verdict, lines } of fixtures) {
      expect(verdict === 'pass').toBe(name.startsWith('good'));
      expect(lines.length > 0).toBe(name.startsWith('bad'));
    }
  });
});
