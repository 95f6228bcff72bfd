// Plays the table of what stands behind services several times and says which verdicts were wrong, and which did not agree
// with one another. Usage: scripts/with-databases.sh node scripts/verdict-table.js [repetitions] [part of a name]
import { areUnproved } from '../fixtures/in-peace.js';
import { CASES, QUICK_CASES, differences, missingParts, playCase } from '../fixtures/backends/cases.js';

/** Cases side by side: each is a service, what stands behind it and drain-check. */
const AT_ONCE = 3;

const repetitions = Number(process.argv[2] ?? process.env.REPEAT ?? '10');
const part = process.argv[3] ?? '';
if (!Number.isInteger(repetitions) || repetitions < 1) {
  console.error(`${process.argv[2]} is not a number of repetitions; write it like 10`);
  process.exit(2);
}
const chosen = [...CASES, ...QUICK_CASES].filter(({ name }) => name.includes(part));
const cases = chosen.filter((one) => missingParts(one).length === 0);
const seen = new Map(cases.map(({ name }) => [name, []]));
const wrong = [];
const unproved = [];
let verdicts = 0;

function note(line) {
  wrong.push(line);
  console.log(`wrong: ${line}`);
}

async function playOnce(one, repetition) {
  try {
    const { report } = await playCase(one);
    const statuses = Object.keys(one.verdicts).map((id) => report.checks.find((check) => check.id === id)?.status);
    verdicts += statuses.length;
    const otherwise = differences(one, report);
    if (!areUnproved(otherwise)) seen.get(one.name).push(statuses.join(' '));
    for (const { id, status, expected, observed, because } of otherwise) {
      const words = `${one.name}, repetition ${repetition}: ${id} ${status}, not ${expected} (${observed ?? because ?? ''})`;
      // On a busy machine something may not be proved, and that is said; it is no wrong verdict.
      if (areUnproved([{ status }])) unproved.push(words);
      else note(words);
    }
  } catch (error) {
    seen.get(one.name).push('no report');
    note(`${one.name}, repetition ${repetition}: ${error.message}`);
  }
}

for (let repetition = 1; repetition <= repetitions; repetition++) {
  const waiting = [...cases];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await playOnce(one, repetition);
    }),
  );
  const seconds = Math.round((performance.now() - began) / 1000);
  console.log(
    `repetition ${repetition}: ${cases.length} cases in ${seconds} s, ${wrong.length} wrong and ${unproved.length} unproved so far`,
  );
}

// What may be one thing or another is no disagreement as long as it is one of them.
const disagreeing = cases.filter(({ name, verdicts: expected }) => {
  const firm = Object.values(expected).map((status) => !status.includes(' | '));
  const firmOnly = seen.get(name).map((words) =>
    words
      .split(' ')
      .filter((_, i) => firm[i])
      .join(' '),
  );
  return new Set(firmOnly).size > 1;
});
for (const words of unproved) console.log(`not proved: ${words}`);
for (const { name } of disagreeing) console.log(`disagreeing: ${name}: ${[...new Set(seen.get(name))].join(' / ')}`);
console.log(
  `${cases.length} cases × ${repetitions}: ${verdicts} verdicts, ${wrong.length} wrong, ${unproved.length} not proved, ${disagreeing.length} cases that disagree with themselves, ${chosen.length - cases.length} cases left out`,
);
process.exitCode = wrong.length + disagreeing.length > 0 ? 1 : 0;
