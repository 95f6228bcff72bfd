import path from 'node:path';
import type { OutputChoices } from '../../plan/resolve.js';
import type { Plan } from '../../plan/types.js';
import type { Recording } from '../../recording/events.js';
import { escapeControls } from '../../report/escape.js';
import type { Report } from '../../report/types.js';
import { packageInfo } from '../package-info.js';
import { mayEnd } from '../consent.js';
import { SILENT, startProgress } from '../progress.js';
import { writeReports } from '../reports.js';
import { styleOf, type Streams } from '../streams.js';
import { checkWritable, Outputs, writeWhole } from '../write.js';

/**
 * Plays a plan, once or as often as was asked, and writes its reports.
 * @throws DrainCheckError when there is no verdict
 */
export async function runPlan(
  plan: Plan,
  output: OutputChoices,
  streams: Streams,
  abort: AbortSignal,
): Promise<Report> {
  const { repeat, budgets } = output.gate;
  const trials = Array.from({ length: repeat }, (_, i) => (repeat === 1 ? null : { number: i + 1, of: repeat }));
  const records = trials.map((trial) => trialPath(output.record, trial));
  for (const file of [...records, ...output.reports.map((report) => report.path)])
    if (file !== null) checkWritable(file);
  if (output.keep !== null) {
    const { makeKept } = await import('../keep.js');
    makeKept(output.keep);
  }
  const baseline = await readBaseline(output, streams);
  const outputs = new Outputs();
  const played: { recording: Recording; report: Report }[] = [];
  for (const [i, trial] of trials.entries())
    played.push(await playTrial(plan, { ...output, record: records[i] ?? null }, trial, { streams, outputs }, abort));
  const reports = played.map((one) => one.report);
  const [first, ...others] = reports;
  if (first === undefined) throw new Error('a run has no trial');
  const { lookInto, settle, worstTrial } = await judging();
  const report = settle([first, ...others], { budgets, baseline });
  const deaths = () => {
    const shown = played[worstTrial(reports)]?.recording;
    return shown === undefined ? [] : lookInto(shown, shown.header.plan);
  };
  const recordedTo = repeat === 1 ? output.record : records.join(', ') || null;
  await outputs.attempt(() => writeReports(report, { ...output, record: recordedTo }, streams, deaths));
  outputs.settle();
  return report;
}

/** Loaded when there is something to judge: half of all the code would delay the target's start. */
async function judging() {
  const [all, { worstTrial }] = await Promise.all([import('../../judging.js'), import('../../report/trials.js')]);
  return { ...all, worstTrial };
}

/** One of several runs of the same plan, from 1. */
interface Trial {
  number: number;
  of: number;
}

/** `run.ndjson` is `run-2.ndjson` in the second of several trials. */
function trialPath(file: string | null, trial: Trial | null): string | null {
  if (file === null || trial === null) return file;
  const { dir, name, ext } = path.parse(file);
  return path.join(dir, `${name}-${trial.number}${ext}`);
}

async function playTrial(
  plan: Plan,
  output: OutputChoices,
  trial: Trial | null,
  { streams, outputs }: { streams: Streams; outputs: Outputs },
  abort: AbortSignal,
): Promise<{ recording: Recording; report: Report }> {
  const progress = output.quiet
    ? SILENT
    : startProgress(streams.err, styleOf(streams, 'err', output.color), prefix(trial));
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
    await outputs.attempt(() => save(recording, output));
    const { judgeRecording } = await judging();
    const report = judgeRecording(recording, recording.header.plan);
    await outputs.attempt(() => keepAll(recording, report, output, trial));
    return { recording, report };
  } catch (error) {
    progress.stop();
    // What ended the run is told, and not that its recording could not be written either.
    for (const partial of failed) {
      await outputs.attempt(() => save(partial, output));
      await outputs.attempt(() => keepAll(partial, null, output, trial));
    }
    throw error;
  }
}

function prefix(trial: Trial | null): string {
  return trial === null ? '' : `${trial.number} of ${trial.of}, `;
}

async function save(recording: Recording, { record }: OutputChoices): Promise<void> {
  if (record === null) return;
  const { serializeRecording } = await import('../../recording/file.js');
  await writeWhole(record, serializeRecording(recording));
}

async function keepAll(
  recording: Recording,
  report: Report | null,
  output: OutputChoices,
  trial: Trial | null,
): Promise<void> {
  if (output.keep === null) return;
  const { keep } = await import('../keep.js');
  await keep(trial === null ? output.keep : path.join(output.keep, `trial-${trial.number}`), recording, report);
}

/** The baseline is read before anything is started, so that a wrong path costs nothing. */
export async function readBaseline({ gate }: OutputChoices, streams: Streams): Promise<Report | null> {
  if (gate.baseline === null) return null;
  const { readReport } = await import('../read.js');
  return readReport(gate.baseline, streams);
}
