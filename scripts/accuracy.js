// Plays every fixture server a number of times and prints each verdict that is not the expected one.
// Usage: node scripts/accuracy.js [--runs 10] [--at-once 2] [--as process|url|container] [name…]
// With --as it plays those that are tested as every kind of target.
import { parseArgs } from 'node:util';
import { expectedAs, optionsAs, PLAYED_ALL_WAYS } from '../fixtures/all-ways.js';
import { compare, listFixtures, playFixture } from '../fixtures/fixtures.js';
import { CHECKS } from '../dist/checks/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '10' },
    'at-once': { type: 'string', default: '2' },
    as: { type: 'string' },
  },
});
const { as } = values;
const names = positionals.length === 0 && as !== undefined ? PLAYED_ALL_WAYS : positionals;
const chosen = listFixtures().filter((fixture) => names.length === 0 || names.includes(fixture.name));
const fixtures =
  as === undefined
    ? chosen
    : chosen.map((one) => ({ ...expectedAs(one, as, CHECKS), options: [...one.options, ...optionsAs(as)] }));
const queue = Array.from({ length: Number(values.runs) }, () => fixtures).flat();
const total = queue.length;
const count = { verdicts: 0, wrong: 0, races: 0, failed: 0 };

function print(fixture, word, check) {
  console.log(
    `${fixture.name}: ${check.id} is ${check.status}, ${word} ${fixture.verdicts[check.id]} (${check.observed ?? ''} / ${check.because ?? ''})`,
  );
}

async function worker() {
  for (let fixture = queue.shift(); fixture !== undefined; fixture = queue.shift()) {
    try {
      const { report } = await playFixture(fixture, as);
      const { wrong, races } = compare(fixture, report);
      for (const check of wrong) print(fixture, 'expected', check);
      for (const check of races) print(fixture, 'a race in place of', check);
      count.verdicts += report.checks.length;
      count.wrong += wrong.length;
      count.races += races.length;
    } catch (error) {
      count.failed++;
      console.log(`${fixture.name}: ${error.message}`);
    }
  }
}

await Promise.all(Array.from({ length: Number(values['at-once']) }, worker));
console.log(
  `${total} runs of ${fixtures.length} fixtures: ${count.verdicts} verdicts, ${count.wrong} wrong, ${count.races} races named as such, ${count.failed} runs without a report`,
);
process.exitCode = count.wrong + count.failed === 0 ? 0 : 1;
