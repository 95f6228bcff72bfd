import { readFile } from 'node:fs/promises';
import { DrainCheckError } from '../../errors.js';
import type { RawOptions } from '../../plan/options.js';
import { resolveJudging, type Problem } from '../../plan/resolve.js';
import { parseRecording } from '../../recording/file.js';
import { judgeRecording } from '../../judging.js';
import type { Report } from '../../report/types.js';
import { catalogue } from '../catalogue.js';
import { writeReports } from '../reports.js';
import type { Streams } from '../streams.js';

/**
 * Judges a saved recording again under the given options. Gives the report, or the options' problems.
 * @throws DrainCheckError `recording-unreadable` or `recording-newer`
 */
export async function runJudge(
  file: string,
  raw: RawOptions,
  streams: Streams,
): Promise<{ report: Report } | { problems: Problem[] }> {
  const recording = parseRecording(await read(file), file);
  const { resolved, problems } = resolveJudging(raw, recording.header.plan, catalogue());
  if (resolved === null) return { problems };
  const report = judgeRecording(recording, resolved.plan);
  await writeReports(report, { ...resolved.output, record: null }, streams);
  return { report };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new DrainCheckError(
      'recording-unreadable',
      `${file} cannot be read (${code}).`,
      'Give the file that a run saved with --record <path>.',
      { cause },
    );
  }
}
