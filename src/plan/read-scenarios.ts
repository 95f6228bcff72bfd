import { isMet, refuseUnmet } from './needs.js';
import type { RawOptions } from './options.js';
import { ids, Reader, selected } from './reader.js';
import type { Catalogue } from './resolve.js';
import { TOGETHER_OF, type Need, type ScenarioId, type TargetPlan } from './types.js';

/** Which scenarios to play with a kind of target, as --only and --skip have it. */
export function readScenarios(
  reader: Reader,
  raw: RawOptions,
  catalogue: Catalogue,
  kind: TargetPlan['kind'],
  given: ReadonlySet<Need>,
): ScenarioId[] {
  // What is wrong with the ids is said where the checks are chosen.
  const quietly = new Reader(raw);
  const known = [...catalogue.scenarios, ...catalogue.checks];
  const chosen = selected(catalogue.scenarios, ids(quietly, 'only', raw, known), ids(quietly, 'skip', raw, known));
  const had = chosen.filter((id) => isMet(catalogue.needs[id], given));
  const scenarios = withTogether(had, kind, reader.has('only'));
  const playable = isOneLife(kind) ? scenarios.filter((id) => id === 'together') : scenarios;
  if (playable.length === 0) {
    const by = reader.has('skip') ? 'skip' : 'only';
    reader.complain(by, (raw[by] ?? []).join(', '), 'leaves no scenario to play with this target');
  }
  refuseUnmet(reader, raw, catalogue.needs, given);
  return scenarios;
}

/**
 * What is started afresh for each scenario has no need of the one that holds several together. Another kind of target may
 * have one life only: it gets those parts of it that were chosen, or all of them when it was asked for by its own name.
 */
function withTogether(chosen: readonly ScenarioId[], kind: TargetPlan['kind'], only: boolean): ScenarioId[] {
  const others = chosen.filter((id) => id !== 'together');
  if (kind === 'command') return others;
  const parts = chosen.filter((id) => TOGETHER_OF.includes(id));
  const named = only && chosen.includes('together');
  if (named && parts.length === 0) return [...TOGETHER_OF, ...others, 'together'];
  // Without --only it is in the list unless it was left out.
  return parts.length > 0 && (only || chosen.includes('together')) ? [...others, 'together'] : others;
}

/** Whether a target of this kind never has more than one life. */
function isOneLife(kind: TargetPlan['kind']): boolean {
  return kind === 'process' || kind === 'url';
}
