// Writes what is generated: a part of each docs/checks/<id>.md, and the schema of configuration files. With --check it only says whether any is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { CHECKS } from '../dist/checks/index.js';
import { configSchema } from '../dist/config/schema.js';
import { OPTIONS } from '../dist/plan/options.js';
import { generatedPart, withGeneratedPart } from '../dist/report/check-page.js';

const onlyCheck = process.argv.includes('--check');
let stale = 0;
const schema = new URL('../schema/config.schema.json', import.meta.url);
const generated = `${JSON.stringify(configSchema(OPTIONS), null, 2)}\n`;
if ((await readFile(schema, 'utf8').catch(() => '')) !== generated) {
  stale++;
  if (onlyCheck) console.log('schema/config.schema.json is stale: run npm run docs');
  else await writeFile(schema, generated);
}
for (const check of CHECKS) {
  const file = new URL(`../docs/checks/${check.id}.md`, import.meta.url);
  const before = await readFile(file, 'utf8');
  const after = withGeneratedPart(before, generatedPart(check));
  if (before === after) continue;
  stale++;
  if (onlyCheck) console.log(`docs/checks/${check.id}.md is stale: run npm run docs`);
  else await writeFile(file, after);
}
console.log(onlyCheck ? `${stale} stale` : `${stale} written`);
process.exitCode = onlyCheck && stale > 0 ? 1 : 0;
