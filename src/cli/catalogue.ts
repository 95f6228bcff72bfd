import { CHECKS } from '../checks/index.js';
import type { Catalogue } from '../plan/resolve.js';
import { SCENARIOS } from '../scenarios/index.js';
import { REPORT_FORMATS } from './reports.js';

/** The checks that ask for nothing but manifests. */
export function writtenChecks(): string[] {
  return CHECKS.filter(({ view }) => view === 'manifest').map(({ id }) => id);
}

/** The checks that ask for a manifest, and for what was played of it. */
export function checksOfRehearsal(): string[] {
  return CHECKS.filter(({ needs }) => [needs].flat().includes('manifest')).map(({ id }) => id);
}

/** The ids that options may name. */
export function catalogue(): Catalogue {
  return {
    scenarios: SCENARIOS.map((scenario) => scenario.id),
    checks: CHECKS.map((check) => check.id),
    needs: Object.fromEntries(
      [...SCENARIOS, ...CHECKS].flatMap(({ id, needs }) => (needs === undefined ? [] : [[id, needs]])),
    ),
    reportFormats: REPORT_FORMATS,
  };
}
