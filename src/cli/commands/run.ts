import type { OutputChoices } from '../../plan/resolve.js';
import type { Plan } from '../../plan/types.js';
import type { Recording } from '../../recording/events.js';
import { judgeRecording } from '../../judging.js';
import { escapeControls } from '../../report/escape.js';
import type { Report } from '../../report/types.js';
import { packageInfo } from '../package-info.js';
import { mayEnd } from '../consent.js';
import { SILENT, startProgress } from '../progress.js';
import { writeReports } from '../reports.js';
import { styleOf, type Streams } from '../streams.js';
import { checkWritable, writeWhole } from '../write.js';

/**
 * Plays a plan and writes its reports.
 * @throws DrainCheckError when there is no verdict
 */
export async function runPlan(
  plan: Plan,
  output: OutputChoices,
  streams: Streams,
  abort: AbortSignal,
): Promise<Report> {
  for (const file of [output.record, ...output.reports.map((report) => report.path)])
    if (file !== null) checkWritable(file);
  const style = styleOf(streams, 'err', output.color);
  const progress = output.quiet ? SILENT : startProgress(streams.err, style);
  const save = async (recording: Recording) => {
    if (output.record === null) return;
    const { serializeRecording } = await import('../../recording/file.js');
    await writeWhole(output.record, serializeRecording(recording));
  };
  const { play } = await import('../../run/play.js');
  const failed: Recording[] = [];
  try {
    const recording = await play(plan, {
      tool: packageInfo(),
      abort,
      mayEnd: (what) => mayEnd(what, output, streams),
      onProgress: progress.update,
      onEvent: (event) => {
        if (output.verbose && event.type === 'output')
          streams.err.write(event.text.split('\n').map(escapeControls).join('\n'));
      },
      onFailure: (partial) => failed.push(partial),
    });
    progress.stop();
    await save(recording);
    const report = judgeRecording(recording, recording.header.plan);
    await writeReports(report, output, streams);
    return report;
  } catch (error) {
    progress.stop();
    for (const partial of failed) await save(partial);
    throw error;
  }
}
