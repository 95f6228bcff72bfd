// Judges the kept recordings again and writes their reports: for a deliberate change of what is judged. Read the diff.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { judgeRecording } from '../dist/judging.js';
import { parseRecording } from '../dist/recording/file.js';
import { renderJson } from '../dist/report/json.js';

const directory = new URL('../fixtures/recordings/', import.meta.url);
for (const file of (await readdir(directory)).filter((name) => name.endsWith('.ndjson'))) {
  const recording = parseRecording(await readFile(new URL(file, directory), 'utf8'), file);
  await writeFile(
    new URL(file.replace('.ndjson', '.report.json'), directory),
    renderJson(judgeRecording(recording, recording.header.plan)),
  );
}
