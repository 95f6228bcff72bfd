import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { DrainCheckError } from '../errors.js';
import type { Recording } from '../recording/events.js';
import { serializeRecording } from '../recording/file.js';
import { renderJson } from '../report/json.js';
import type { Report } from '../report/types.js';
import { checkWritable, writeWhole } from './write.js';

/**
 * Makes a directory for what a run leaves.
 * @throws DrainCheckError `output-unwritable`
 */
export function makeKept(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new DrainCheckError(
      'output-unwritable',
      `The directory ${directory} cannot be made (${code}).`,
      'Give --keep a directory that exists, or one in a directory that you may write to.',
      { cause },
    );
  }
  checkWritable(path.join(directory, 'recording.ndjson'));
}

/** Leaves the recording, the report when there is one, and what each life printed, in files of their own. */
export async function keep(directory: string, recording: Recording, report: Report | null): Promise<void> {
  makeKept(directory);
  await writeWhole(path.join(directory, 'recording.ndjson'), serializeRecording(recording));
  if (report !== null) await writeWhole(path.join(directory, 'report.json'), renderJson(report));
  for (const [name, text] of printed(recording)) await writeWhole(path.join(directory, name), text);
}

/** What each life printed: `0-drain.stdout.log`, numbered in the order in which the lives began. */
function printed({ events }: Recording): Map<string, string> {
  const files = new Map<string, string>();
  const names = new Map<number, string>();
  for (const event of events) {
    if (event.type === 'life-started') {
      const purpose = event.purpose === 'scenario' ? '' : `-${event.purpose}`;
      const alone = event.alone === null ? '' : `-${event.alone}`;
      names.set(event.life, `${event.life}-${event.scenario}${purpose}${alone}`);
    }
    if (event.type !== 'output' || (event.text === '' && event.dropped === 0)) continue;
    const name = `${names.get(event.life) ?? event.life}.${event.stream}.log`;
    const gap = event.dropped === 0 ? '' : `[${event.dropped} characters before this were let go]\n`;
    files.set(name, `${files.get(name) ?? ''}${gap}${event.text}`);
  }
  return files;
}
