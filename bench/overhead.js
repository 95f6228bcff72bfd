// What a run costs beyond the target's own start and drain, per scenario. Prints a table and one JSON line; measures,
// asserts nothing. Usage: npm run bench [-- --runs 10]
import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' } } });
const runs = Number(values.runs);
const CLI = fileURLToPath(new URL('../bin/drain-check.js', import.meta.url));
const SERVER = fileURLToPath(new URL('tiny-server.js', import.meta.url));
/** How long the tiny server's slow endpoint takes: its own drain. */
const SLOW_MS = 300;

/** Runs a program to its end and gives its standard output. */
function run(args, environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, ...environment },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.once('close', () => resolve(output));
  });
}

/** Milliseconds from the spawn to the first line the server prints, which it does when it listens. */
function ownStart() {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [SERVER], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, PORT: '0', SLOW_MS: String(SLOW_MS) },
    });
    child.stdout.once('data', () => {
      const ms = performance.now() - startedAt;
      child.once('close', () => resolve(ms));
      child.kill('SIGKILL');
    });
  });
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const rows = [];

for (const scenarios of [['drain'], ['drain', 'idle'], []]) {
  const overheads = [];
  for (let i = 0; i < runs; i++) {
    const start = await ownStart();
    const before = performance.now();
    const only = scenarios.flatMap((scenario) => ['--only', scenario]);
    const output = await run(
      [CLI, '-q', '--slow', '/slow', ...only, '--report', 'json', '--', process.execPath, SERVER],
      { SLOW_MS: String(SLOW_MS) },
    );
    const total = performance.now() - before;
    const report = JSON.parse(output);
    const lives = report.scenarios.filter((one) => one.exit !== null);
    // A life that is signalled during its start has only so much of a start.
    const own = lives.reduce((sum, one) => sum + (one.signalledDuringStartMs ?? start) + one.exit.afterMs, 0);
    overheads.push({ all: total - own, each: (total - own) / lives.length });
  }
  rows.push({
    scenarios: scenarios.join(' + ') || 'default set',
    'whole run, ms': Math.round(median(overheads.map((one) => one.all))),
    'per life, ms': Math.round(median(overheads.map((one) => one.each))),
  });
}

const times = { node: [], version: [] };
for (let i = 0; i < runs; i++) {
  for (const [name, args] of [
    ['node', ['-e', '0']],
    ['version', [CLI, '--version']],
  ]) {
    const before = performance.now();
    await run(args);
    times[name].push(performance.now() - before);
  }
}

console.log(`Overhead beyond the target's own start and drain, median of ${runs} runs`);
console.table(rows);
console.log(`--version: ${(median(times.version) / median(times.node)).toFixed(2)} × bare node -e 0`);
console.log(JSON.stringify({ runs, rows, versionRatio: median(times.version) / median(times.node) }));
