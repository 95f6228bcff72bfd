// How long `lint` takes for manifests as Helm renders them: 5,000 lines of workloads that are all judged, and as many of
// which most are custom resources. Prints a table and one JSON line; measures, asserts nothing.
// Usage: npm run bench:lint [-- --runs 10 --lines 5000]
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '10' }, lines: { type: 'string', default: '5000' } },
});
const runs = Number(values.runs);
const lines = Number(values.lines);
const CLI = fileURLToPath(new URL('../bin/drain-check.js', import.meta.url));
const CHART = readFileSync(new URL('../fixtures/charts/helm-template.yaml', import.meta.url), 'utf8');

/** A custom resource definition, which is most of a chart that brings its own kinds. */
function definition(number, length) {
  const properties = Array.from(
    { length },
    (_, i) => `                field${i}: { type: string, description: a field }`,
  );
  return [
    'apiVersion: apiextensions.k8s.io/v1',
    'kind: CustomResourceDefinition',
    `metadata: { name: things${number}.example.com }`,
    'spec:',
    '  versions:',
    '    - name: v1',
    '      schema:',
    '        openAPIV3Schema:',
    '          properties:',
    ...properties,
    '---',
    '',
  ].join('\n');
}

/** The chart again and again, each time in a namespace of its own, so that it is one application each time. */
function charts(most) {
  const length = CHART.split('\n').length;
  return Array.from({ length: Math.max(1, Math.floor(most / length)) }, (_, i) =>
    CHART.replaceAll('release-name', `release-${i}`),
  ).join('\n---\n');
}

const MANIFESTS = {
  workloads: charts(lines),
  'mostly custom resources': `${Array.from({ length: 9 }, (_, i) => definition(i, Math.floor(lines / 10) - 10)).join('')}${charts(lines / 10)}`,
};

/** Milliseconds of one run, from the spawn to its end. */
function once(text) {
  const begun = performance.now();
  spawnSync(process.execPath, [CLI, 'lint', '-'], { input: text, stdio: ['pipe', 'ignore', 'inherit'] });
  return performance.now() - begun;
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

const result = {};
for (const [name, text] of Object.entries(MANIFESTS)) {
  once(text);
  const times = Array.from({ length: runs }, () => once(text));
  result[name] = {
    lines: text.split('\n').length,
    medianMs: Math.round(median(times)),
    worstMs: Math.round(Math.max(...times)),
  };
}
console.table(result);
console.log(JSON.stringify(result));
