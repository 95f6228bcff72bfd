import type { ScenarioId } from '../plan/types.js';
import type { Ending } from '../recording/events.js';
import type { Exchange } from '../recording/facts/exchange.js';
import type { RunFacts } from '../recording/facts/run.js';
import type { LifeFacts } from '../recording/facts/life.js';
import type { Verdict } from './check.js';

type Details = Partial<Omit<Verdict, 'status'>>;

function verdict(status: Verdict['status'], details: Details): Verdict {
  return {
    status,
    scenario: null,
    expected: null,
    observed: null,
    because: null,
    cure: null,
    evidence: [],
    location: null,
    ...details,
  };
}

export const pass = (
  scenario: ScenarioId | null,
  observed: string,
  evidence: number[],
  because: string | null = null,
): Verdict => verdict('pass', { scenario, observed, evidence, because });

export const warn = (
  scenario: ScenarioId | null,
  details: { expected: string; observed: string; because: string; evidence: number[] },
): Verdict => verdict('warn', { scenario, ...details });

export const fail = (
  scenario: ScenarioId | null,
  details: { expected: string; observed: string; because?: string; cure?: string | null; evidence: number[] },
): Verdict => verdict('fail', { scenario, ...details });

/** It does not apply, and why. */
export const skip = (because: string, scenario: ScenarioId | null = null, observed: string | null = null): Verdict =>
  verdict('skip', { because, scenario, observed });

/** It applies but could not be proved, why, and what would help. */
export const inconclusive = (because: string, scenario: ScenarioId | null = null, evidence: number[] = []): Verdict =>
  verdict('inconclusive', { because, scenario, evidence });

/** Judges the life that a scenario was played in; without one, says why there is none. */
export function inScenario(facts: RunFacts, id: ScenarioId, judge: (life: LifeFacts) => Verdict): Verdict {
  const life = facts.played[id];
  if (life !== undefined) return judge(life);
  const reason = facts.skipped[id];
  if (reason !== undefined) return skip(`the scenario ${id} was not played: ${reason}`, id);
  return inconclusive(`the recording does not hold the scenario ${id} to its end`, id);
}

/**
 * A promise about several scenarios is kept only when every one was played to its end.
 * @param scenarios those that it is about; null: all
 */
export function onlyIfFinished(
  facts: RunFacts,
  kept: Verdict,
  scenarios: readonly ScenarioId[] | null = null,
): Verdict {
  const unfinished = facts.unfinished.filter((id) => scenarios?.includes(id) ?? true);
  if (unfinished.length === 0) return kept;
  return inconclusive(
    `the recording does not hold the scenario ${unfinished.join(', ')} to its end`,
    null,
    kept.evidence,
  );
}

/** The verdict on an end where none was played. */
export function noDeath({ played }: RunFacts): Verdict {
  const lives = Object.values(played);
  return lives.length > 0 && lives.every((life) => life.signal === null)
    ? skip('nothing was signalled in what was played')
    : inconclusive('no scenario was played to its end');
}

/** The lives that some scenarios were played in. */
export function playedIn(facts: RunFacts, scenarios: readonly ScenarioId[]): LifeFacts[] {
  return [...new Set(scenarios.flatMap((id) => facts.played[id] ?? []))];
}

const ENDING_WORDS: Record<Ending | 'still open', string> = {
  answered: 'answered',
  rejected: 'rejected with 503',
  refused: 'refused',
  short: 'cut short',
  closed: 'closed without an answer',
  reset: 'reset',
  'timed-out': 'never answered',
  'ended-by-tester': 'ended by the tester',
  'still open': 'still open',
};

/** How an exchange ended, in a word or two. */
export function endingWords({ end }: Exchange): string {
  return ENDING_WORDS[end?.ending ?? 'still open'];
}

/** `3 answered, 2 reset`, in a fixed order. */
export function countEndings(exchanges: readonly Exchange[]): string {
  const parts = Object.entries(ENDING_WORDS).flatMap(([ending, words]) => {
    const count = exchanges.filter((exchange) => (exchange.end?.ending ?? 'still open') === ending).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** `2 closed with 1001, 1 cut short`: how many there are of each, in the order in which they first came. */
export function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

/** `1 request`, `5 requests`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** At most so many events are named as evidence; the recording has the rest. */
export function evidenceOf(exchanges: readonly Exchange[]): number[] {
  return exchanges.slice(0, 10).map((exchange) => exchange.evidence);
}
