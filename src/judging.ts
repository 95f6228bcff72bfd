import { judge, overall } from './checks/judge.js';
import type { Plan } from './plan/types.js';
import type { Recording } from './recording/events.js';
import { runFacts } from './recording/facts/run.js';
import { buildReport } from './report/build.js';
import type { Report } from './report/types.js';
import { SCENARIOS } from './scenarios/index.js';

const questions = Object.fromEntries(SCENARIOS.map((scenario) => [scenario.id, scenario.question]));

/** Judges a recording under a plan: facts, verdicts, report. The same recording and plan give the same report. */
export function judgeRecording(recording: Recording, plan: Plan): Report {
  const facts = runFacts(recording, plan);
  const judged = judge(facts, plan);
  return buildReport({ recording, plan, facts, judged, verdict: overall(judged), questions });
}
