// How right the times in a recording are: the exit against the kernel's own word, the flip of readiness against the
// server's, and how many of the probes' ticks were kept; idle, and with thousands of connections closing at once.
// Prints a table and one JSON line; measures, asserts nothing. Usage: npm run bench:truth [-- --runs 10 --connections 15000]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { drainCheck } from '../dist/index.js';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, connections: { type: 'string', default: '15000' } },
});
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const built = mkdtempSync(path.join(tmpdir(), 'drain-check-bench-'));
const waiter = path.join(built, 'waiter');
execFileSync('cc', ['-O2', '-o', waiter, here('waiter.c')], { stdio: ['ignore', 'ignore', 'inherit'] });
const PROBE_INTERVAL_MS = 10;

/** One death, and what of it was recorded beside what was true. Times are milliseconds on the recording's clock. */
async function play(connections) {
  const events = [];
  let originNs = null;
  let died = Promise.resolve(null);
  const onEvent = (event) => {
    events.push(event);
    // The shortest way from the clock to here is the best guess of when the recording began.
    const origin = process.hrtime.bigint() - BigInt(Math.round(event.at * 1e6));
    if (originNs === null || origin < originNs) originNs = origin;
    if (event.type === 'process-spawned')
      died = new Promise((resolve) => {
        const child = spawn(waiter, [String(event.pid)], { stdio: ['ignore', 'pipe', 'inherit'] });
        let text = '';
        child.stdout.on('data', (chunk) => (text += chunk));
        child.once('close', () => resolve(text === '' ? null : BigInt(text.trim())));
      });
  };
  const websockets = Math.round((connections * 2) / 3);
  const options = {
    load: `websockets=${websockets},requests=${connections - websockets}`,
    only: 'load',
    websocket: '/ws',
    slow: '/slow',
    ready: '/ready',
    live: 'none',
  };
  await drainCheck({ command: [process.execPath, here('crowd-server.js')], options, onEvent });
  const ms = (ns) => Number(BigInt(ns) - originNs) / 1e6;
  const first = (type) => events.find((event) => event.type === type);
  const truth = await died;
  const signalAt = first('signal-sent').at;
  const exitAt = first('root-exited').at;
  const runs = events.filter((event) => event.type === 'probe-run' && event.last.endedAt >= signalAt);
  const good = events.filter((event) => event.type === 'probe-run' && event.outcome.kind === 'status');
  const bad = runs.find((event) => event.outcome.kind !== 'status');
  const flipped = /flip (\d+)/.exec(
    events.flatMap((event) => (event.type === 'output' ? event.text : [])).join(''),
  )?.[1];
  const flip = bad === undefined ? null : { from: good.at(-1).last.startedAt, to: bad.first.endedAt };
  // Of each row of equal answers, the part that lies between the signal and the exit.
  const ticks = runs.reduce((sum, { count, first: from, last }) => {
    const span = Math.max(PROBE_INTERVAL_MS, last.startedAt - from.startedAt);
    const inside = Math.min(exitAt, last.startedAt) - Math.max(signalAt, from.startedAt);
    return sum + count * Math.max(0, Math.min(1, inside / span));
  }, 0);
  return {
    exitErrorMs: truth === null ? null : Math.abs(exitAt - ms(truth)),
    flipMs: flip === null ? null : flip.to - flip.from,
    flipHolds: flip === null || flipped === undefined ? null : flip.from <= ms(flipped) && ms(flipped) <= flip.to,
    ticksKept: ticks / ((exitAt - signalAt) / PROBE_INTERVAL_MS),
    drainMs: exitAt - signalAt,
    unaccounted: events
      .filter((event) => event.type === 'crowd-ended')
      .reduce((left, { ending }) => left - ending.filter((one) => one !== 'ended-by-tester').length, connections),
  };
}

const sorted = (numbers) => numbers.filter((one) => one !== null).sort((a, b) => a - b);
const median = (numbers) => sorted(numbers)[Math.floor(sorted(numbers).length / 2)];
const show = (number) => (number === undefined ? '-' : number.toFixed(1)).padStart(8);
const table = {};
console.log('connections  exit error ms: median      max   flip ms: median      max  holds   ticks %  unaccounted');
for (const connections of [30, Number(values.connections)]) {
  const runs = [];
  for (let i = 0; i < Number(values.runs); i++) runs.push(await play(connections));
  const of = (key) => runs.map((run) => run[key]);
  table[connections] = {
    exitErrorMs: [median(of('exitErrorMs')), sorted(of('exitErrorMs')).at(-1)],
    flipMs: [median(of('flipMs')), sorted(of('flipMs')).at(-1)],
    flipHolds: of('flipHolds').filter((one) => one === true).length,
    ticksKept: median(of('ticksKept')),
    unaccounted: of('unaccounted').reduce((sum, one) => sum + one, 0),
  };
  const row = table[connections];
  console.log(
    `${String(connections).padStart(11)} ${show(row.exitErrorMs[0]).padStart(22)} ${show(row.exitErrorMs[1])} ${show(row.flipMs[0]).padStart(17)} ${show(row.flipMs[1])} ${`${row.flipHolds}/${runs.length}`.padStart(6)} ${show(row.ticksKept * 100).padStart(9)} ${String(row.unaccounted).padStart(12)}`,
  );
}
console.log(JSON.stringify(table));
rmSync(built, { recursive: true, force: true });
