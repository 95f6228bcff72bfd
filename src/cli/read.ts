import { readFile } from 'node:fs/promises';
import { DrainCheckError, type ErrorCode } from '../errors.js';
import { judgeRecording } from '../judging.js';
import type { Recording } from '../recording/events.js';
import { salvageRecording } from '../recording/file.js';
import { escapeControls } from '../report/escape.js';
import { parseReport } from '../report/read.js';
import type { Report } from '../report/types.js';
import { styleOf, type Streams } from './streams.js';
import { writeStream } from './write.js';

/**
 * Reads a recording as far as it is whole, and says where it is not.
 * @throws DrainCheckError `recording-unreadable` or `recording-newer`
 */
export async function readRecording(file: string, streams: Streams): Promise<Recording> {
  const content = await readText(file, 'recording-unreadable', 'Give the file that a run saved with --record <path>.');
  return salvage(content, file, streams);
}

/**
 * Reads a report, or judges a recording under its own plan: whichever the file holds.
 * @throws DrainCheckError `report-unreadable`, `recording-unreadable` or `recording-newer`
 */
export async function readReport(file: string, streams: Streams): Promise<Report> {
  const hint = 'Give a file that --report json=<path> or --record <path> has written.';
  const content = await readText(file, 'report-unreadable', hint);
  // The header of a recording is a whole line of JSON; the first line of a report is a brace.
  if (!/^\s*\{"schemaVersion":\d+,"tool":/.test(content)) return parseReport(content, file);
  const recording = await salvage(content, file, streams);
  return judgeRecording(recording, recording.header.plan);
}

async function salvage(content: string, file: string, streams: Streams): Promise<Recording> {
  const { recording, damage } = salvageRecording(content, file);
  if (damage !== null) {
    const words = escapeControls(`${damage.message} What stands before that is judged.`);
    await writeStream(streams.err, `${styleOf(streams, 'err', null).yellow('drain-check:')} ${words}\n`);
  }
  return recording;
}

async function readText(file: string, code: ErrorCode, hint: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new DrainCheckError(code, `${file} cannot be read (${reason}).`, hint, { cause });
  }
}
