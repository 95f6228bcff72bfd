// Plays every fixture server a number of times and prints each verdict that is not the expected one.
// Usage: node scripts/accuracy.js [--runs 10] [--at-once 2] [name…]
import { parseArgs } from 'node:util';
import { isRace, listFixtures, playFixture, verdictsOf } from '../fixtures/fixtures.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '10' }, 'at-once': { type: 'string', default: '2' } },
});
const fixtures = listFixtures().filter((fixture) => positionals.length === 0 || positionals.includes(fixture.name));
const queue = Array.from({ length: Number(values.runs) }, () => fixtures).flat();
const total = queue.length;
let verdicts = 0;
let wrong = 0;
let races = 0;

async function worker() {
  for (let fixture = queue.shift(); fixture !== undefined; fixture = queue.shift()) {
    try {
      const { report } = await playFixture(fixture);
      const got = verdictsOf(report);
      for (const [id, expected] of Object.entries(fixture.verdicts)) {
        verdicts++;
        if (got[id] === expected) continue;
        const check = report.checks.find((one) => one.id === id);
        if (isRace(check, expected)) races++;
        else wrong++;
        console.log(`${fixture.name}: ${id} is ${got[id]}, expected ${expected} (${check?.observed ?? ''} / ${check?.because ?? ''})`);
      }
    } catch (error) {
      wrong++;
      console.log(`${fixture.name}: ${error.message}`);
    }
  }
}

await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
console.log(`${total} runs of ${fixtures.length} fixtures: ${verdicts} verdicts, ${wrong} wrong, ${races} accept-queue races`);
process.exitCode = wrong === 0 ? 0 : 1;
