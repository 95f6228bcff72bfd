import { isDeepStrictEqual } from 'node:util';
import type { RawOptions } from '../../plan/options.js';
import { resolveJudging, type Problem } from '../../plan/resolve.js';
import { judgeRecording, lookInto, settle } from '../../judging.js';
import type { Recording } from '../../recording/events.js';
import { worstTrial } from '../../report/trials.js';
import type { Report } from '../../report/types.js';
import { catalogue } from '../catalogue.js';
import { readRecording } from '../read.js';
import { writeReports } from '../reports.js';
import type { Streams } from '../streams.js';
import { checkWritable } from '../write.js';
import { readBaseline } from './run.js';

/**
 * Judges saved recordings again under the given options; several are trials of one service. Gives the report, or the
 * options' problems.
 * @throws DrainCheckError `recording-unreadable` or `recording-newer`
 */
export async function runJudge(
  files: readonly [string, ...string[]],
  raw: RawOptions,
  streams: Streams,
): Promise<{ report: Report } | { problems: Problem[] }> {
  const [first] = files;
  const recordings: Recording[] = [];
  for (const file of files) recordings.push(await readRecording(file, streams));
  const stranger = files.find((_, i) => !isTrialOf(recordings[0], recordings[i]));
  if (stranger !== undefined)
    return {
      problems: [
        {
          option: 'judge',
          value: stranger,
          problem: `was not recorded with the same plan as ${first}, so that the two are no trials of one thing; judge it alone, or put them side by side with drain-check diff`,
        },
      ],
    };
  const resolved = recordings.map((recording) => resolveJudging(raw, recording.header.plan, catalogue()));
  const reports: Report[] = [];
  for (const [i, one] of resolved.entries()) {
    const recording = recordings[i];
    if (one.resolved === null || recording === undefined) return { problems: one.problems };
    reports.push(judgeRecording(recording, one.resolved.plan));
  }
  const output = resolved[0]?.resolved?.output;
  const [one, ...others] = reports;
  if (output === undefined || one === undefined) throw new Error('there is no recording to judge');
  for (const { path } of output.reports) if (path !== null) checkWritable(path);
  const baseline = await readBaseline(output, streams);
  const report = settle([one, ...others], { budgets: output.gate.budgets, baseline });
  const shown = worstTrial(reports);
  const deaths = () => {
    const [recording, plan] = [recordings[shown], resolved[shown]?.resolved?.plan];
    return recording === undefined || plan === undefined ? [] : lookInto(recording, plan);
  };
  await writeReports(report, { ...output, record: null }, streams, deaths);
  return { report };
}

/** Trials are of one plan: the same target and deaths, however they are judged. */
function isTrialOf(first: Recording | undefined, other: Recording | undefined): boolean {
  if (first === undefined || other === undefined) return false;
  const made = ({ header }: Recording) => {
    const { target, scenarios, signal, gracePeriodMs, checks } = header.plan;
    return { target, scenarios, signal, gracePeriodMs, checks };
  };
  return isDeepStrictEqual(made(first), made(other));
}
