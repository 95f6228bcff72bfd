import { judge, overall, type RunVerdict } from './checks/judge.js';
import type { Budget } from './plan/gate.js';
import type { Plan } from './plan/types.js';
import type { Recording } from './recording/events.js';
import { runFacts } from './recording/facts/run.js';
import { withBaseline } from './report/baseline.js';
import { judgeBudgets } from './report/budgets.js';
import { buildReport } from './report/build.js';
import { deathsOf, type Death } from './report/deaths.js';
import { combineTrials } from './report/trials.js';
import type { Report } from './report/types.js';
import { SCENARIOS } from './scenarios/index.js';

const questions = Object.fromEntries(SCENARIOS.map((scenario) => [scenario.id, scenario.question]));

/** Judges a recording under a plan: facts, verdicts, report. The same recording and plan give the same report. */
export function judgeRecording(recording: Recording, plan: Plan): Report {
  const facts = runFacts(recording, plan);
  const judged = judge(facts, plan);
  return buildReport({ recording, plan, facts, judged, verdict: overall(judged), questions });
}

/** Every exchange of the deaths in a recording, for a picture of them. */
export function lookInto(recording: Recording, plan: Plan): Death[] {
  return deathsOf(runFacts(recording, plan));
}

/** Puts trials, budgets and a baseline together to the one report that decides. One trial alone stays as it is. */
export function settle(
  trials: readonly [Report, ...Report[]],
  { budgets, baseline }: { budgets: readonly Budget[]; baseline: Report | null },
): Report {
  const [first] = trials;
  const combined = trials.length === 1 ? first : combineTrials(trials);
  const measured = { ...combined, budgets: judgeBudgets(budgets, trials) };
  const compared = baseline === null ? measured : withBaseline(measured, baseline);
  return { ...compared, verdict: weigh(compared) };
}

/** A budget weighs as much as a must-check. */
function weigh({ checks, budgets }: Report): RunVerdict {
  const limits = budgets.map(({ status }) => ({ level: 'must' as const, status, ignored: false }));
  return overall([...checks, ...limits]);
}
