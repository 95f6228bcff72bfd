import type { OutputChoices } from '../../plan/resolve.js';
import type { Plan } from '../../plan/types.js';
import { redactPlan } from '../../plan/redact.js';
import { judgeRecording, settle } from '../../judging.js';
import { RECORDING_SCHEMA_VERSION, type Recording } from '../../recording/events.js';
import type { Report } from '../../report/types.js';
import { readBaseline } from './run.js';
import { packageInfo } from '../package-info.js';
import { writeReports } from '../reports.js';
import type { Streams } from '../streams.js';
import { checkWritable } from '../write.js';

/**
 * Judges manifests as they are written, and writes the reports.
 * @throws DrainCheckError `output-unwritable`
 */
export async function runLint(plan: Plan, output: OutputChoices, streams: Streams): Promise<Report> {
  for (const { path } of output.reports) if (path !== null) checkWritable(path);
  const recording = nothingPlayed(plan);
  const baseline = await readBaseline(output, streams);
  const report = settle([judgeRecording(recording, recording.header.plan)], { budgets: [], baseline });
  // Nobody died.
  await writeReports(report, { ...output, record: null }, streams, () => []);
  return report;
}

/** The recording of a run in which nothing was played. */
function nothingPlayed(plan: Plan): Recording {
  const { name, version } = packageInfo();
  return {
    header: {
      schemaVersion: RECORDING_SCHEMA_VERSION,
      tool: { name, version },
      startedAt: new Date().toISOString(),
      platform: process.platform,
      node: process.version,
      plan: redactPlan(plan),
    },
    events: [],
    whole: true,
  };
}
