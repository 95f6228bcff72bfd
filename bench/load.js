// Opening, holding and closing thousands of connections: ours against a C program, node:http with ws, Go and autocannon, side
// by side in one run against the same server. Prints tables and one JSON line; measures, asserts nothing.
// Usage: npm run bench:load [-- --runs 5 --connections 15000]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    connections: { type: 'string', default: '15000' },
    json: { type: 'string' },
  },
});
const RUNS = Number(values.runs);
const CONNECTIONS = Number(values.connections);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const built = mkdtempSync(path.join(tmpdir(), 'drain-check-bench-'));

/** Builds what needs a compiler; null where there is none. */
function build(program, args, options = {}) {
  try {
    execFileSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'], ...options });
    return args[args.indexOf('-o') + 1];
  } catch {
    return null;
  }
}

const reference = build('cc', ['-O2', '-o', path.join(built, 'reference'), here('reference.c')]);
const go = build('go', ['build', '-o', path.join(built, 'go-client'), '.'], { cwd: here('go') });
const CLIENTS = [
  { name: 'C, epoll', file: reference, args: [] },
  { name: 'drain-check', file: process.execPath, args: [here('client-lean.js')] },
  { name: 'node:http and ws', file: process.execPath, args: [here('client-libraries.js')] },
  { name: 'Go, net/http and gorilla', file: go, args: [] },
].filter(({ file }) => file !== null);

/** Load generators know neither held requests nor WebSockets: with them it is one request on each connection, answered at once. */
const GENERATORS = [
  CLIENTS.find(({ name }) => name === 'drain-check'),
  CLIENTS.find(({ name }) => name === 'node:http and ws'),
  { name: 'autocannon', file: process.execPath, args: [here('client-autocannon.js')] },
];
const ANSWERED_AT_ONCE = 5000;

const lines = (child) => createInterface({ input: child.stdout });
/** The lines of a child as a promise for each first word. */
function words(child) {
  const waiting = new Map();
  const said = new Map();
  lines(child).on('line', (line) => {
    const [word, ...rest] = line.split(' ');
    said.set(word, rest);
    waiting.get(word)?.(rest);
  });
  const failed = new Promise((_, reject) =>
    child.once('exit', (code) => code !== 0 && reject(new Error(`it ended with ${code}`))),
  );
  failed.catch(() => undefined);
  return (word) =>
    Promise.race([
      failed,
      new Promise((resolve) => (said.has(word) ? resolve(said.get(word)) : waiting.set(word, resolve))),
    ]);
}

function residentMb(pid) {
  const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** One client against a fresh server: how long until all stand, and from SIGTERM to the last that is accounted for. */
async function play({ file, args }, connections) {
  const server = spawn(process.execPath, [here('crowd-server.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [[port]] = await Promise.all([new Promise((resolve) => lines(server).once('line', (line) => resolve([line])))]);
  const websockets = Math.round((connections * 2) / 3);
  const client = spawn(file, [...args, port, String(websockets), String(connections - websockets)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const said = words(client);
    const [begun] = await said('begun');
    const emptyMb = residentMb(client.pid);
    const [open] = await said('open');
    const fullMb = residentMb(client.pid);
    // What a client does not know to have been taken is given a moment.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const signalled = process.hrtime.bigint();
    server.kill('SIGTERM');
    const [over, accounted] = await said('over');
    return {
      openMs: Number(BigInt(open) - BigInt(begun)) / 1e6,
      overMs: Number(BigInt(over) - signalled) / 1e6,
      fullMb,
      perConnectionKb: ((fullMb - emptyMb) * 1024) / connections,
      unaccounted: connections - Number(accounted),
    };
  } finally {
    client.kill('SIGKILL');
    server.kill('SIGKILL');
  }
}

/** How long one client takes to open connections, ask once on each and have every answer. */
async function ask({ file, args }, requests) {
  const server = spawn(process.execPath, [here('crowd-server.js')], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await new Promise((resolve) => lines(server).once('line', (line) => resolve([line])));
  const client = spawn(file, [...args, port, '0', String(requests), '/'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const said = words(client);
    const [begun] = await said('begun');
    const [over, answered] = await said('over');
    return { ms: Number(BigInt(over) - BigInt(begun)) / 1e6, unanswered: requests - Number(answered) };
  } finally {
    client.kill('SIGKILL');
    server.kill('SIGKILL');
  }
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const columns = ['openMs', 'overMs', 'fullMb', 'perConnectionKb'];
function summary(runs) {
  return {
    ...Object.fromEntries(columns.map((key) => [key, median(runs.map((run) => run[key]))])),
    unaccounted: runs.reduce((sum, run) => sum + run.unaccounted, 0),
  };
}

const results = Object.fromEntries(CLIENTS.map(({ name }) => [name, []]));
for (let run = 0; run < RUNS; run++)
  for (const client of CLIENTS) results[client.name].push(await play(client, CONNECTIONS));

const table = Object.fromEntries(Object.entries(results).map(([name, runs]) => [name, summary(runs)]));
const yardstick = table['C, epoll'];
console.log(`${CONNECTIONS} connections, two thirds WebSockets; median of ${RUNS} runs\n`);
console.log('client                      open ms  × C   last ms  × C       MB  kB each  unaccounted');
for (const [name, row] of Object.entries(table)) {
  const ratio = (key) => (yardstick === undefined ? '   ' : (row[key] / yardstick[key]).toFixed(1).padStart(4));
  console.log(
    `${name.padEnd(26)} ${row.openMs.toFixed(0).padStart(8)} ${ratio('openMs')} ${row.overMs.toFixed(0).padStart(9)} ${ratio('overMs')} ${row.fullMb.toFixed(0).padStart(8)} ${row.perConnectionKb.toFixed(1).padStart(8)} ${String(row.unaccounted).padStart(12)}`,
  );
}

const asked = Object.fromEntries(GENERATORS.map(({ name }) => [name, []]));
for (let run = 0; run < RUNS; run++)
  for (const client of GENERATORS) asked[client.name].push(await ask(client, ANSWERED_AT_ONCE));
console.log(`\n${ANSWERED_AT_ONCE} connections with one request each, answered at once; median of ${RUNS} runs\n`);
console.log('client                           ms  unanswered');
for (const [name, runs] of Object.entries(asked)) {
  const unanswered = runs.reduce((sum, run) => sum + run.unanswered, 0);
  console.log(
    `${name.padEnd(26)} ${median(runs.map(({ ms }) => ms))
      .toFixed(0)
      .padStart(8)} ${String(unanswered).padStart(11)}`,
  );
}

const ours = CLIENTS.find(({ name }) => name === 'drain-check');
const growth = {};
console.log('\ndrain-check as it grows\n\nconnections  open ms  ms per 1000  last ms      MB');
for (const connections of [1000, 5000, 10_000, 15_000, 19_000]) {
  const row = await play(ours, connections);
  growth[connections] = row;
  console.log(
    `${String(connections).padStart(11)} ${row.openMs.toFixed(0).padStart(8)} ${((row.openMs / connections) * 1000).toFixed(0).padStart(12)} ${row.overMs.toFixed(0).padStart(8)} ${row.fullMb.toFixed(0).padStart(7)}`,
  );
}
const first = await play(ours, CONNECTIONS);
const second = await play(ours, CONNECTIONS);
console.log(`\na second run right after the first: ${(second.openMs / first.openMs).toFixed(2)} × its time to open`);
const json = JSON.stringify({
  connections: CONNECTIONS,
  runs: RUNS,
  table,
  asked,
  growth,
  secondToFirst: second.openMs / first.openMs,
});
console.log(json);
if (values.json !== undefined) writeFileSync(values.json, `${json}\n`);
rmSync(built, { recursive: true, force: true });
