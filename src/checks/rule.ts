import type { ManifestPlan, Position } from '../plan/manifest.js';
import type { Plan } from '../plan/types.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Check, type Finding, type Level, type Verdict } from './check.js';
import { pass, skip } from './verdict.js';

/** A rule about what manifests say. What a played run has shown may sharpen or clear it. */
export interface Rule extends Omit<Check, 'view' | 'needs' | 'judge' | 'level'> {
  level: Level;
  expected: string;
  /** Why it says nothing where there is nothing to look at. */
  without: string;
  look: (manifest: ManifestPlan, facts: RunFacts, plan: Plan) => Look | Verdict;
}

/** What a rule saw. */
export interface Look {
  /** How many things it looked at; none: it does not apply. */
  looked: number;
  findings: Finding[];
  /** What was seen, where all is well. */
  kept?: string | null;
}

/** At most so many findings are told in a sentence; the report holds them all. */
const MOST_TOLD = 5;

/** A check of manifests. Errors fail it, warnings warn (with --strict they fail), notes are told beside a pass. */
export function defineRule({ level, expected, without, look, ...rest }: Rule): Check {
  return defineCheck({
    ...rest,
    level: () => level,
    view: 'manifest',
    needs: 'manifest',
    judge: (facts, plan) => {
      if (plan.manifest === null) return skip('no manifest was read');
      const seen = look(plan.manifest, facts, plan);
      if ('status' in seen) return seen;
      return seen.looked === 0 ? skip(without) : verdictOf(seen, expected, level, plan.strict);
    },
  });
}

function verdictOf({ findings, kept }: Look, expected: string, level: Level, strict: boolean): Verdict {
  const grave = findings.filter(({ severity }) => severity !== 'note');
  if (grave.length === 0 && level !== 'info') {
    const notes = findings.length === 0 ? null : tell(findings);
    return { ...pass(null, kept ?? '', [], notes), findings };
  }
  if (findings.length === 0) return pass(null, kept ?? '', []);
  const failed = strict || level === 'info' || grave.some(({ severity }) => severity === 'error');
  return {
    status: failed ? 'fail' : 'warn',
    scenario: null,
    expected,
    observed: tell(grave.length === 0 ? findings : grave),
    because: null,
    cure: findings.find(({ cure }) => cure !== null)?.cure ?? null,
    location: null,
    evidence: [],
    findings,
  };
}

function tell(findings: readonly Finding[]): string {
  const told = findings.slice(0, MOST_TOLD).map(({ at, text }) => `${placeOf(at)} ${text}`);
  const more = findings.length - told.length;
  return `${told.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

/** `deployment.yaml:12:9`. */
export function placeOf({ file, line, column }: Position): string {
  return `${file === '-' ? '<stdin>' : file}:${line}:${column}`;
}

export const error = (at: Position, text: string, cure: string | null = null): Finding => ({
  severity: 'error',
  at,
  text,
  cure,
});

export const warning = (at: Position, text: string, cure: string | null = null): Finding => ({
  severity: 'warning',
  at,
  text,
  cure,
});

export const note = (at: Position, text: string): Finding => ({ severity: 'note', at, text, cure: null });
