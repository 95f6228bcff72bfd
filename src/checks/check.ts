import type { Position } from '../plan/manifest.js';
import type { Needs, Plan, ProfileName, ScenarioId } from '../plan/types.js';
import type { RunFacts } from '../recording/facts/run.js';

/**
 * pass: proved kept. fail: proved broken. warn: kept, with something a person should know. skip: does not apply.
 * inconclusive: applies, but could not be proved either way.
 */
export type Status = 'pass' | 'warn' | 'fail' | 'skip' | 'inconclusive';

/** must: breaks the run. should: warns (fails with --strict). info: never counts, the observation is shown. */
export type Level = 'must' | 'should' | 'info';

/** A place in a file that was read, such as a manifest. Lines and columns count from 1. */
export interface SourceLocation {
  file: string;
  line: number;
  column: number;
}

/** What one check says of one recording. Strings are one sentence or less, without a final full stop. */
export interface Verdict {
  status: Status;
  /** The scenario the verdict rests on, or null when it rests on several or on none. */
  scenario: ScenarioId | null;
  expected: string | null;
  observed: string | null;
  /** Why it was skipped, is inconclusive or is a warning; the one option that would help, when there is one. */
  because: string | null;
  /** What to do about this very failure, where that is more than the check's own cure can say. */
  cure: string | null;
  /** Sequence numbers of the events that prove it. */
  evidence: number[];
  /** Where it stands, when it is about a file. */
  location: SourceLocation | null;
  /** What was found where in a manifest, in a verdict about one. */
  findings?: Finding[];
}

/** Something that a manifest says and should not, or does not say and should. */
export interface Finding {
  /** error: breaks the rule. warning: asks for attention. note: to be known. */
  severity: 'error' | 'warning' | 'note';
  at: Position;
  /** A clause that begins with what it is about. */
  text: string;
  /** What to do about this very one, where that is more than the rule's own cure can say. */
  cure: string | null;
}

/** The eight items of the checklist, by number. */
export type ItemNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Where a promise comes from. L, P, W: the field's checklists. K: Kubernetes. F: seen in the field. R: a standard. */
export interface Source {
  mark: 'L' | 'P' | 'W' | 'K' | 'F' | 'R';
  text: string;
}

/**
 * What a check has to see of the target. processes: those that are signalled, and their end. instance: one and the same
 * from the signal to its end, be it only by its clients. clients: what became of the work, whoever served it. manifest:
 * nothing, as it is about what is written.
 */
export type View = 'processes' | 'instance' | 'clients' | 'manifest';

export interface Check {
  id: string;
  item: ItemNumber;
  /** Its weight, which may depend on what stands in front of the service. */
  level: (profile: ProfileName) => Level;
  view: View;
  /** What it is about, if that is not there in every run: without it the check is not in the plan. */
  needs?: Needs;
  /** What it is about, in a few words: its title when nothing can be said. */
  topic: string;
  /** A sentence that is true when the check passes. */
  kept: string;
  /** A sentence that is true when it fails. */
  broken: string;
  /** Why anyone should care, in one or two sentences. */
  why: string;
  sources: readonly Source[];
  /** What to do about a failure, in one line. */
  cure: string;
  /** Titles for a queue worker, which has no listener, where they are others. */
  forWorker?: Pick<Check, 'topic' | 'kept' | 'broken'>;
  judge: (facts: RunFacts, plan: Plan) => Verdict;
}

/** Gives a check its type and nothing else, so that every file reads the same. */
export function defineCheck(check: Check): Check {
  return check;
}
