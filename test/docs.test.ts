import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { REPORT_FORMATS } from '../src/cli/reports.js';
import { OPTIONS } from '../src/plan/options.js';
import { fixture, temporaryDirectory } from './support/cli.js';

const ROOT = path.resolve(import.meta.dirname, '..');
const run = promisify(execFile);
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => path.join('docs', file)),
];
const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** How GitHub names a heading. */
const anchors = (page: string) =>
  [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

describe.each(pages)('%s', (page) => {
  it('has no link that leads nowhere', () => {
    const links = [...text(page).matchAll(/\]\(([^)\s]+)\)|<img[^>]* src="([^"]+)"/g)].map(
      ([, link, image]) => link ?? image ?? '',
    );
    for (const link of links.filter((one) => !/^(https?|mailto):/.test(one))) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      expect(existsSync(path.join(ROOT, target)), `${page}: ${link}`).toBe(true);
      if (anchor !== undefined) expect(anchors(text(target)), `${page}: ${link}`).toContain(anchor);
    }
  });
});

/** The options of drain-check that a text names, and the formats of its reports. */
function expectKnown(script: string): void {
  const ours = script
    .split('\n')
    .filter((line) => line.includes('drain-check') || /^\s*(--|options)/.test(line))
    .join('\n');
  const known = [...OPTIONS.map((spec) => spec.name), 'yes', 'help'];
  for (const [, name] of ours.matchAll(/(?<=[\s('"])--([a-z][a-z0-9-]*)/g)) expect(known).toContain(name);
  for (const [, format] of ours.matchAll(/--report[= ]"?([a-z]+)/g)) expect(REPORT_FORMATS).toContain(format);
}

describe('the action', () => {
  interface Action {
    name: string;
    description: string;
    inputs: Record<string, { description: string; default: string }>;
    outputs: Record<string, { description: string; value: string }>;
    runs: { using: string; steps: { shell: string; run: string; env: Record<string, string> }[] };
  }
  const action = parse(text('action.yml')) as Action;
  const [step] = action.runs.steps;

  it('describes its inputs and uses each, as a variable and never in its script', () => {
    expect(action.runs.using).toBe('composite');
    for (const [name, { description }] of Object.entries(action.inputs)) {
      expect(description, name).toMatch(/\.$/);
      expect(text('action.yml').split(`inputs.${name} `).length - 1, name).toBe(1);
      expect(text('docs/ci.md'), name).toContain(`\`${name}\``);
    }
    expect(step?.run).not.toContain('${{');
    expectKnown(step?.run ?? '');
  });

  it('runs drain-check with what it is given, and tells the verdict', async () => {
    const directory = await temporaryDirectory();
    const output = path.join(directory, 'output');
    const env = {
      ...process.env,
      GITHUB_ACTIONS: undefined,
      GITHUB_OUTPUT: output,
      DRAIN_CHECK_BIN: `${process.execPath} ${path.join(ROOT, 'bin/drain-check.js')}`,
      INPUT_COMMAND: `'${process.execPath}' ${fixture('exits-at-once')}`,
      INPUT_ARGS: '--only=drain\n--slow=/slow\n',
      INPUT_CONFIG: '',
      INPUT_VERSION: 'latest',
      INPUT_ARTIFACTS: 'out',
    };
    const failure = await run('bash', ['-e', '-o', 'pipefail', '-c', step?.run ?? ''], { cwd: directory, env }).then(
      () => null,
      (error: unknown) => error as { code: number; stdout: string },
    );
    expect(failure?.code).toBe(1);
    expect(failure?.stdout).toContain('Requests in flight were lost');
    expect(await readFile(output, 'utf8')).toBe('verdict=fail\n');
    expect(readdirSync(path.join(directory, 'out')).sort()).toEqual([
      'recording.ndjson',
      'report.html',
      'report.json',
      'report.xml',
    ]);
  });
});

describe('the examples for CI', () => {
  it('are what their systems read, and name options that there are', () => {
    const github = parse(text('docs/ci/github.yml')) as { jobs: Record<string, { steps: { run?: string }[] }> };
    const gitlab = parse(text('docs/ci/gitlab.yml')) as Record<
      string,
      { script: string[]; artifacts: { reports: Record<string, string> } }
    >;
    const scripts = [
      ...Object.values(github.jobs).flatMap((job) => job.steps.flatMap((step) => step.run ?? [])),
      ...Object.values(gitlab).flatMap((job) => job.script),
      text('docs/ci/generic.sh'),
    ];
    expect(scripts.filter((script) => script.includes('drain-check'))).toHaveLength(3);
    scripts.forEach(expectKnown);
    // What a report is written to is what is kept.
    const [job] = Object.values(gitlab);
    for (const [kind, file] of Object.entries(job?.artifacts.reports ?? {}))
      expect(job?.script.join(' '), kind).toContain(`=${file}`);
  });
  it('are shell', async () => {
    await run('sh', ['-n', path.join(ROOT, 'docs/ci/generic.sh')]);
  });
});

describe('the examples for tests', () => {
  const runners = {
    'vitest.test.mjs': [path.join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run'],
    'node.test.mjs': ['--test', 'node.test.mjs'],
  };
  it.each(Object.entries(runners))('%s passes for a good service and fails for a bad one', async (name, command) => {
    const directory = await temporaryDirectory();
    await mkdir(path.join(directory, 'node_modules'));
    await symlink(ROOT, path.join(directory, 'node_modules/drain-check'));
    await symlink(path.join(ROOT, 'node_modules/vitest'), path.join(directory, 'node_modules/vitest'));
    await writeFile(path.join(directory, name), text(`docs/examples/${name}`));
    const outcome = (server: string) => {
      const SERVICE = JSON.stringify([process.execPath, path.join(ROOT, 'fixtures/demo', `${server}.mjs`)]);
      const env = {
        ...process.env,
        SERVICE,
        NODE_TEST_CONTEXT: undefined,
        VITEST: undefined,
        NO_COLOR: '1',
        FORCE_COLOR: undefined,
      };
      return run(process.execPath, command, { cwd: directory, env }).then(
        () => 'passed',
        (error: unknown) => {
          const { stdout, stderr } = error as { stdout: string; stderr: string };
          return stdout + stderr;
        },
      );
    };
    expect(await outcome('good')).toBe('passed');
    expect(await outcome('bad')).toContain('Requests in flight were lost');
  });
});
