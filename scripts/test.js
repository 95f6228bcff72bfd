// Runs the tests and ends with one line that counts them: "N passed, N failed, N skipped".
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const directory = await mkdtemp(path.join(tmpdir(), 'drain-check-ci-'));
const results = path.join(directory, 'results.json');
const vitest = path.resolve(import.meta.dirname, '../node_modules/vitest/vitest.mjs');
const child = spawn(
  process.execPath,
  [vitest, 'run', ...process.argv.slice(2), '--reporter=default', '--reporter=json', `--outputFile.json=${results}`],
  { stdio: 'inherit' },
);
const code = await new Promise((resolve) => child.once('close', resolve));
try {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(await readFile(results, 'utf8'));
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
} finally {
  await rm(directory, { recursive: true, force: true });
}
process.exitCode = code ?? 1;
