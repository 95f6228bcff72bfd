import { createInterface } from 'node:readline';
import { removeLabelled } from './container-removal.js';
import { systemProcessTable } from './processes/index.js';
import { ProcessTracker } from './processes/tracker.js';

/** The watchdog's own program: collects what is to be ended, and ends it when its standard input does. */
const KILL_TIMEOUT_MS = 5000;
const OWNER_POLL_MS = 500;
const table = systemProcessTable();
let markers: string[] = [];
let processes: { pid: number; startedAt: string }[] = [];
/** The engine of each life that has a container. */
const containers = new Map<string, string>();

// A Ctrl-C in the terminal is for the one who pressed it; this program ends with the pipe.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const input = createInterface({ input: process.stdin });
input.on('line', (line) => {
  const [verb = '', first = '', ...rest] = line.split(' ');
  if (verb === 'mark') markers.push(first);
  else if (verb === 'unmark') markers = markers.filter((marker) => marker !== first);
  else if (verb === 'pid') processes.push({ pid: Number(first), startedAt: rest.join(' ') });
  else if (verb === 'container') containers.set(rest.join(' '), first);
  else if (verb === 'container-gone') containers.delete(first);
  else {
    markers = [];
    processes = [];
    containers.clear();
  }
});
input.once('close', end);
// Somebody else may have got hold of the pipe's other end, and keep it open.
const owner = process.ppid;
setInterval(() => process.ppid !== owner && end(), OWNER_POLL_MS);

let ending = false;
function end(): void {
  if (ending) return;
  ending = true;
  void Promise.all([
    // What was named by its pid is ended even where nothing carries a mark.
    ...(markers.length === 0 ? [null] : markers).map((marker) => killAll(marker)),
    ...[...containers].map(([life, engine]) => removeLabelled(engine, life)),
  ]).then(() => process.exit(0));
}

async function killAll(marker: string | null): Promise<void> {
  const tracker = new ProcessTracker(table, marker);
  for (const entry of processes) tracker.add(entry);
  await tracker.killAll(KILL_TIMEOUT_MS);
}
