// Plays every fixture server (or those named) and keeps its recording and the report judged from it, for the tests.
// Only a run whose every verdict is the expected one is kept.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compare, listFixtures, playFixture, ROOT } from '../fixtures/fixtures.js';
import { judgeRecording } from '../dist/judging.js';
import { parseRecording } from '../dist/recording/file.js';
import { renderJson } from '../dist/report/json.js';

const ATTEMPTS = 3;
const wanted = process.argv.slice(2);

/** A recording that tells nothing about the machine it was made on. */
function neutral(text) {
  return text
    .replaceAll(process.execPath, 'node')
    .replaceAll(ROOT.replace(/\/$/, ''), '/srv/drain-check')
    .replaceAll(process.version, 'v20.19.0');
}

async function record(fixture) {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { report, recording } = await playFixture(fixture);
    const { wrong, races } = compare(fixture, report);
    if (wrong.length + races.length > 0) {
      console.log(`${fixture.name}: ${[...wrong, ...races].map((check) => `${check.id} ${check.status}`).join(', ')}`);
      continue;
    }
    const text = neutral(recording);
    const parsed = parseRecording(text, fixture.name);
    const base = path.join(ROOT, 'fixtures/recordings', fixture.name);
    await writeFile(`${base}.ndjson`, text);
    await writeFile(`${base}.report.json`, renderJson(judgeRecording(parsed, parsed.header.plan)));
    return true;
  }
  return false;
}

let missing = 0;
for (const fixture of listFixtures()) {
  if (wanted.length > 0 && !wanted.includes(fixture.name)) continue;
  if (!(await record(fixture))) missing++;
}
console.log(missing === 0 ? 'all recorded' : `${missing} could not be recorded`);
process.exitCode = missing === 0 ? 0 : 1;
