// Plays the servers of fixtures/services a number of times and prints each verdict that is not the expected one.
// Usage: node scripts/measure-services.js [--runs 10] [--at-once 2] [part of a name…]
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { compare, playFixture } from '../fixtures/fixtures.js';
import { SERVERS } from '../fixtures/services/servers.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '10' },
    'at-once': { type: 'string', default: '2' },
  },
});
const available = JSON.parse(
  await readFile(new URL('../fixtures/services/built/available.json', import.meta.url), 'utf8'),
);
const chosen = SERVERS.filter(
  ({ name }) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
);
const servers = chosen.filter(({ part }) => available.includes(part));
const runs = Number(values.runs);
const queue = Array.from({ length: runs }, () => servers).flat();
const results = new Map(servers.map(({ name }) => [name, { name, runs: 0, failed: 0, wrong: 0, races: 0, seen: {} }]));

async function worker() {
  for (let server = queue.shift(); server !== undefined; server = queue.shift()) {
    const result = results.get(server.name);
    result.runs++;
    try {
      const { report } = await playFixture(server);
      const { wrong, races } = compare(server, report);
      result.wrong += wrong.length;
      result.races += races.length;
      for (const { id, status } of report.checks) {
        const counts = (result.seen[id] ??= {});
        const word = races.some((race) => race.id === id) ? 'race' : status;
        counts[word] = (counts[word] ?? 0) + 1;
      }
      for (const { id, status, observed, because } of wrong)
        console.log(
          `${server.name}: ${id} is ${status}, expected ${server.verdicts[id]} (${observed ?? ''} / ${because ?? ''})`,
        );
    } catch (error) {
      result.failed++;
      console.log(`${server.name}: ${error.message}`);
    }
  }
}

await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
const all = [...results.values()];
const sum = (key) => all.reduce((total, one) => total + one[key], 0);
console.log(
  `${runs} × ${servers.length} servers, ${chosen.length - servers.length} skipped: ${sum('wrong')} wrong verdicts, ${sum('races')} races named as such, ${sum('failed')} runs without a report`,
);
process.exitCode = sum('wrong') + sum('failed') === 0 ? 0 : 1;
