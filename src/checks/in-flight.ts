import { formatDuration } from '../plan/durations.js';
import { fateOf, type Fate } from '../recording/facts/answers.js';
import type { Exchange } from '../recording/facts/exchange.js';
import { afterSignal, steppedInAt, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { Verdict } from './check.js';
import { countEndings, evidenceOf, fail, inconclusive, pass } from './verdict.js';

/** Judges exchanges that were in flight at the signal; there is at least one. */
export function judgeInFlight(
  exchanges: readonly Exchange[],
  life: LifeFacts,
  facts: RunFacts,
  expected: string,
): Verdict {
  const byFate = (fate: Fate) => exchanges.filter((exchange) => fateOf(exchange, life, facts) === fate);
  const { scenario } = life;
  const lost = byFate('lost');
  const evidence = evidenceOf(exchanges);
  if (lost.length > 0) {
    return fail(scenario, {
      expected,
      observed: `${describe(exchanges, lost)}, the first ${when(lost, life)}`,
      evidence: evidenceOf(lost),
    });
  }
  const orphaned = byFate('by-orphan');
  if (orphaned.length > 0) {
    return inconclusive(
      `${orphaned.length} of ${exchanges.length} answered by a process that outlived the one that was signalled; in a container it would have been killed`,
      scenario,
      evidence,
    );
  }
  if (byFate('needs-baseline').length > 0) {
    return inconclusive(
      'the answers cannot be told from normal ones without a baseline, which could not be had',
      scenario,
      evidence,
    );
  }
  if (byFate('not-observed').length > 0)
    return inconclusive('some were still open when the tester had to end them', scenario, evidence);
  return pass(scenario, `${byFate('finished').length} of ${exchanges.length}`, evidence);
}

/** The exchanges in flight at the signal that were lost. */
export function lostInFlight(life: LifeFacts, facts: RunFacts): Exchange[] {
  return life.inFlight.filter((exchange) => fateOf(exchange, life, facts) === 'lost');
}

/** Endings, with the status of complete answers that are not the normal ones. */
export function describe(exchanges: readonly Exchange[], lost: readonly Exchange[]): string {
  const odd = lost.filter((exchange) => exchange.end?.ending === 'answered');
  const words = countEndings(exchanges);
  return odd.length === 0
    ? words
    : `${words} (${odd.length} of them with status ${odd[0]?.end?.status ?? 0}, which is not the normal one)`;
}

/**
 * When the first of some exchanges ended, counted from the signal unless another moment is given.
 * @param since the other moment, and what happened then
 */
export function when(
  exchanges: readonly Exchange[],
  life: LifeFacts,
  since: { at: number; what: string } | null = null,
): string {
  const first = Math.min(...exchanges.map((exchange) => exchange.end?.at ?? Infinity));
  if (first >= (life.killed?.at ?? Infinity)) return 'at SIGKILL';
  if (first >= steppedInAt(life)) return 'after the grace period';
  return since === null
    ? `${formatDuration(afterSignal(life, first))} after the signal`
    : `${formatDuration(first - since.at)} after ${since.what}`;
}
