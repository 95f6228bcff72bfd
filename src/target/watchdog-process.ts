import { createInterface } from 'node:readline';
import { systemProcessTable } from './processes/index.js';
import { ProcessTracker } from './processes/tracker.js';

/** The watchdog's own program: collects what is to be killed, and kills it when its standard input ends. */
const KILL_TIMEOUT_MS = 5000;
const table = systemProcessTable();
let markers: string[] = [];
let processes: { pid: number; startedAt: string }[] = [];

// A Ctrl-C in the terminal is for the one who pressed it; this program ends with the pipe.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const [verb = '', first = '', ...rest] = line.split(' ');
  if (verb === 'mark') markers.push(first);
  else if (verb === 'pid') processes.push({ pid: Number(first), startedAt: rest.join(' ') });
  else {
    markers = [];
    processes = [];
  }
});
input.on('close', () => {
  void Promise.all(markers.map((marker) => killMarked(marker))).then(() => process.exit(0));
});

async function killMarked(marker: string): Promise<void> {
  const tracker = new ProcessTracker(table, marker);
  for (const entry of processes) tracker.add(entry);
  await tracker.killAll(KILL_TIMEOUT_MS);
}
