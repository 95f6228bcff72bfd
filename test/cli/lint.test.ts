import { createReadStream, readFileSync } from 'node:fs';
import { chmod, lstat, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { applyPatch } from 'diff';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.js';
import { fixture, flat, runCli, startCli, temporaryDirectory } from '../support/cli.js';
import { deployment } from '../support/manifest.js';
import { validateReport } from '../support/schema.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const CHARTS = path.join(ROOT, 'fixtures/charts');
const MANIFESTS = path.join(ROOT, 'fixtures/manifests');

async function file(text: string, name = 'k8s.yaml'): Promise<string> {
  const place = path.join(await temporaryDirectory(), name);
  await writeFile(place, text);
  return place;
}

async function lintReport(...args: string[]): Promise<{ code: number | null; report: Report }> {
  const { code, stdout } = await runCli(['lint', ...args, '--report', 'json']);
  return { code, report: JSON.parse(stdout) as Report };
}

const statusOf = (report: Report, id: string) => report.checks.find((check) => check.id === id)?.status;

describe('drain-check lint', () => {
  it('takes manifests as charts write them', async () => {
    const { code, report } = await lintReport(CHARTS);
    expect(validateReport(report)).toEqual([]);
    expect(report.manifest).toEqual({
      files: ['helm-template.yaml', 'list.json'].map((name) => path.join(CHARTS, name)),
      workloads: ['Deployment/release-name-shop', 'Pod/release-name-shop-test-connection', 'data/StatefulSet/db'],
      container: null,
      notes: ['not looked at: ServiceAccount, ConfigMap, CustomResourceDefinition'],
    });
    expect(report).toMatchObject({
      verdict: 'warn',
      target: { kind: 'manifest' },
      scenarios: [],
      recommendation: null,
    });
    expect(code).toBe(0);
    const shared = report.checks.find((check) => check.id === 'k8s-probes-separate');
    expect(shared).toMatchObject({ status: 'warn', findings: [{ severity: 'warning', line: 93, column: 11 }] });
    expect(statusOf(report, 'k8s-spare-replica')).toBe('warn');
    expect(statusOf(report, 'k8s-grace-period-fits')).toBe('skip');
    expect(report.checks.every((check) => check.id.startsWith('k8s-'))).toBe(true);
  });

  it('fails, warns and passes, as its exit code says', async () => {
    const of = (rule: string, name: string) => path.join(MANIFESTS, rule, `${name}.yaml`);
    const { code, stdout } = await runCli(['lint', of('k8s-prestop-fits', 'bad')]);
    expect(code).toBe(1);
    expect(flat(stdout)).toMatch(/observed .*bad\.yaml:24:\d+ orders spends 28 s of a grace period of 30 s/);
    expect(stdout).toContain('exits 1');
    expect((await runCli(['lint', of('k8s-prestop-fits', 'bad'), '--ignore', 'k8s-prestop-fits'])).code).toBe(0);
    expect((await runCli(['lint', of('k8s-spare-replica', 'bad')])).code).toBe(0);
    expect((await runCli(['lint', '--strict', of('k8s-spare-replica', 'bad')])).code).toBe(1);
    const one = await runCli([
      'lint',
      '--only',
      'k8s-spare-replica',
      '--report',
      'json',
      of('k8s-spare-replica', 'good'),
    ]);
    expect((JSON.parse(one.stdout) as Report).checks.map(({ id }) => id)).toEqual(['k8s-spare-replica']);
    expect(one.code).toBe(0);
  });

  it('reads standard input, as of helm template', async () => {
    const run = startCli(['lint', '-', '--report', 'json']);
    if (run.process.stdin !== null) createReadStream(path.join(CHARTS, 'helm-template.yaml')).pipe(run.process.stdin);
    const { stdout, code } = await run.result;
    const report = JSON.parse(stdout) as Report;
    expect(report.manifest?.files).toEqual(['-']);
    expect(report.checks.flatMap(({ findings = [] }) => findings).map((finding) => finding.file)).toContain('-');
    expect(code).toBe(0);
  });

  it('joins what stands in several files, and takes options between them', async () => {
    const service = await file(
      '{kind: Service, metadata: {name: web}, spec: {selector: {app: orders}, publishNotReadyAddresses: true}}',
    );
    const { report } = await lintReport(
      service,
      '--kube-version',
      '1.28',
      await file(deployment()),
      '--workload',
      'orders',
    );
    expect(statusOf(report, 'k8s-not-ready-not-published')).toBe('fail');
  });

  it.each([
    ['no operand', [], 'needs the manifests'],
    ['a file that is not there', ['/no/such.yaml'], '/no/such.yaml cannot be read (ENOENT)'],
    ['an option of a run', ['x.yaml', '--slow', '/x'], 'is not an option'],
    ['a version that is none', ['{charts}', '--kube-version', '2'], '--kube-version "2" is not a version'],
    ['a workload that is not there', ['{charts}', '--workload', 'release-name-shp'], 'did you mean release-name-shop?'],
    ['a check of another kind', ['{charts}', '--only', 'handles-sigterm'], 'is not known'],
  ])('refuses %s', async (_, args, expected) => {
    const { code, stderr, stdout } = await runCli(['lint', ...args.map((arg) => arg.replace('{charts}', CHARTS))]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(flat(stderr)).toContain(expected);
  });

  it.each([
    ['is not YAML', 'kind: Pod\nspec: [}\n', ':2:8 is not YAML'],
    ['has no workload', 'kind: Service\n', 'There is no workload in'],
    ['is empty', '\n', 'holds no resource'],
    ['is no text', '\ud800', 'There is no workload'],
  ])('refuses a file that %s', async (_, text, expected) => {
    const { code, stderr } = await runCli(['lint', await file(text)]);
    expect(code).toBe(2);
    expect(flat(stderr).replaceAll(' ', '')).toContain(expected.replaceAll(' ', ''));
  });

  it('refuses what is no UTF-8, and a directory without manifests', async () => {
    const directory = await temporaryDirectory();
    await writeFile(path.join(directory, 'x.yaml'), Buffer.from([0xff, 0xfe, 0x00]));
    expect(flat((await runCli(['lint', path.join(directory, 'x.yaml')])).stderr)).toContain('not text in UTF-8');
    await mkdir(path.join(directory, 'empty'));
    expect(flat((await runCli(['lint', path.join(directory, 'empty')])).stderr)).toContain('holds no .yaml');
  });

  it('shows nothing of a manifest as it is', async () => {
    const { stdout } = await runCli([
      'lint',
      await file(JSON.stringify({ kind: 'Pod', metadata: { name: '\u001b[31mred' }, spec: { containers: [{}] } })),
    ]);
    expect(stdout).toContain('\\x1b[31mred');
    expect(stdout).not.toContain('\u001b');
  });
});

describe('drain-check lint --fix', () => {
  const bad = readFileSync(path.join(MANIFESTS, 'k8s-prestop-present/bad.yaml'), 'utf8');

  it('prints a patch behind the report, and changes nothing', async () => {
    const place = await file(bad);
    const { stdout, code } = await runCli(['lint', 'k8s.yaml', '--fix', '--only', 'k8s-prestop-present'], {
      cwd: path.dirname(place),
    });
    const patch = stdout.slice(stdout.indexOf('--- a/k8s.yaml'));
    expect(applyPatch(bad, patch)).toContain('preStop:');
    expect(await readFile(place, 'utf8')).toBe(bad);
    expect(code).toBe(0);
  });

  it('leaves standard output to a report for a program', async () => {
    const { stdout, stderr } = await runCli(['lint', await file(bad), '--fix', '--report', 'json']);
    expect(validateReport(JSON.parse(stdout))).toEqual([]);
    expect(stderr).toContain('+      terminationGracePeriodSeconds: 36');
  });

  it('writes it, through a link, with the mode of the file, and then finds nothing to do', async () => {
    const place = await file(bad);
    await chmod(place, 0o640);
    const link = path.join(path.dirname(place), 'link.yaml');
    await symlink(place, link);
    expect((await runCli(['lint', link, '--fix=write'])).stderr).toContain('Written: ');
    expect(await readFile(place, 'utf8')).toContain('                seconds: 6\n');
    expect((await stat(place)).mode & 0o777).toBe(0o640);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await runCli(['lint', link, '--fix'])).stderr).toContain('There is nothing to fix');
    expect(statusOf((await lintReport(link)).report, 'k8s-prestop-present')).toBe('pass');
  });

  it('cannot write standard input, and knows no other way', async () => {
    const run = startCli(['lint', '-', '--fix=write']);
    run.process.stdin?.end(bad);
    const { code, stderr } = await run.result;
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('Standard input cannot be written');
    expect(flat((await runCli(['lint', await file(bad), '--fix=wirte'])).stderr)).toContain('did you mean write?');
  });
});

describe('drain-check -f', () => {
  const server = [process.execPath, fixture('perfect-without-lame-duck')];
  const manifest = (container: object = {}, pod: object = {}) =>
    file(deployment({ container: { command: server, ...container }, pod }));

  it('rehearses the command of the manifest, with what it says, and does its sum', async () => {
    const probe = (name: string) => ({ httpGet: { path: `/${name}`, port: 'http' } });
    const place = await manifest(
      {
        env: [
          { name: 'TOKEN', value: 'hush' },
          { name: 'PORT', value: '1' },
        ],
        readinessProbe: probe('ready'),
        livenessProbe: probe('live'),
      },
      { terminationGracePeriodSeconds: 2 },
    );
    const { code, stdout, stderr } = await runCli([
      '-q',
      '--only',
      'drain,k8s-grace-period-fits,k8s-prestop-present',
      '-f',
      place,
      '--report',
      'json',
    ]);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as Report;
    expect(validateReport(report)).toEqual([]);
    expect(stdout).not.toContain('hush');
    expect(report.settings.gracePeriodMs).toBe(2000);
    expect(report.target.readiness).toMatchObject({ path: '/ready', how: 'given' });
    expect(report.manifest).toMatchObject({ workloads: ['Deployment/orders'], container: 'app' });
    const fits = report.checks.find(({ id }) => id === 'k8s-grace-period-fits');
    expect(fits?.status).toBe('fail');
    expect(fits?.observed).toMatch(/0 ms preStop \+ .* drain \(drain\) \+ 2 s margin → \d s/);
    expect(statusOf(report, 'k8s-prestop-present')).toBe('fail');
    expect(code).toBe(1);
  });

  it.each([
    [
      'several workloads and no choice',
      deployment().replace('"orders"', '"a"'),
      [],
      '--workload is needed, as the manifests hold several: Deployment/a, Deployment/orders',
    ],
    [
      'a probe on a port that nobody declares',
      '',
      ['--container', 'app'],
      'has a readiness probe on the port "web", which the container app does not declare',
    ],
    ['a container that is not there', '', ['--container', 'x'], 'its containers are app'],
  ])('refuses %s', async (_, more, args, expected) => {
    const text = deployment({ container: { readinessProbe: { httpGet: { port: 'web' } } } });
    const { code, stderr } = await runCli([
      '-f',
      await file(more === '' ? text : `${more}\n---\n${text}`),
      ...args,
      '--',
      ...server,
    ]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain(expected);
  });

  it('asks for a command where only the image has one', async () => {
    const { code, stderr } = await runCli(['-f', await file(deployment())]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('the container app has no command in the manifest');
  });

  it('takes what the user says before what the manifest says, and nothing without a manifest', async () => {
    expect(flat((await runCli(['--workload', 'x', '--', ...server])).stderr)).toContain('give one with --manifest');
    const place = await manifest({}, { terminationGracePeriodSeconds: 77 });
    const args = ['-q', '--only', 'drain', '-f', place, '-g', '3s', '--report', 'json', '--', ...server];
    const { stdout } = await runCli(args);
    expect((JSON.parse(stdout) as Report).settings.gracePeriodMs).toBe(3000);
  });
});

it('is listed in the help', async () => {
  const { stdout } = await runCli(['--help']);
  for (const word of ['Kubernetes:', '-f, --manifest', '--workload', 'lint']) expect(stdout).toContain(word);
  expect((await runCli(['lint', '--help'])).stdout).toContain('--kube-version');
});
