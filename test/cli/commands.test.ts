import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKS } from '../../src/checks/index.js';
import { fixture, flat, program, runCli, startCli, temporaryDirectory } from '../support/cli.js';

const RECORDING = path.resolve(
  import.meta.dirname,
  '../../fixtures/recordings/closes-server-and-waits-for-idle-clients.ndjson',
);

describe('drain-check <command>', () => {
  it('takes an executable by its path, and leaves the command its own options', async () => {
    const source = `#!${process.execPath}
      const { createServer } = require('node:http');
      if (process.argv[2] !== '--strict' || process.argv[3] !== '--port') process.exit(9);
      const server = createServer((request, response) => request.resume().on('end', () => response.setHeader('connection', 'close').end('ok')));
      server.listen(process.env.PORT);
      process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });`;
    const app = await program('myapp', source, 0o755);
    const { code, stdout } = await runCli(['-q', '--only', 'drain', '--ready', 'none', app, '--strict', '--port', '1']);
    expect(stdout).toContain('Requests in flight were answered');
    expect(code).toBe(0);
  });

  it('writes a report and a recording, and says so', async () => {
    const directory = await temporaryDirectory();
    const report = path.join(directory, 'report.json');
    const recording = path.join(directory, 'run.ndjson');
    const args = [
      '--only',
      'drain',
      '--slow',
      '/slow',
      '--report',
      `json=${report}`,
      '--report',
      'terminal',
      '--record',
      recording,
      '--',
      process.execPath,
      fixture('exits-at-once'),
    ];
    const { code, stdout, stderr } = await runCli(args);
    expect(code).toBe(1);
    expect(stderr).toContain('drain: draining, 6 in flight');
    expect(flat(stdout)).toContain(`recording: ${recording}`);
    expect(stdout).toContain('exits 1');
    const parsed = JSON.parse(await readFile(report, 'utf8')) as { verdict: string };
    expect(parsed.verdict).toBe('fail');
    const judged = await runCli(['judge', recording, '--report', 'json']);
    expect(judged.stdout).toBe(await readFile(report, 'utf8'));
  });

  it('keeps secrets out of what it writes', async () => {
    const recording = path.join(await temporaryDirectory(), 'run.ndjson');
    const args = [
      '-q',
      '--only',
      'drain',
      '--env',
      'TOKEN=hush-hush',
      '--slow',
      '/slow',
      '--header',
      'Authorization: Bearer hush-hush',
      '--report',
      'json',
      '--record',
      recording,
      '--',
      process.execPath,
      fixture('exits-at-once'),
      'postgres://user:hush-hush@db/x',
    ];
    const { stdout, stderr } = await runCli(args);
    expect(stdout).toContain('"verdict"');
    for (const text of [stdout, stderr, await readFile(recording, 'utf8')]) expect(text).not.toContain('hush-hush');
  });

  it('survives a reader that goes away', async () => {
    const run = startCli([
      '-q',
      '--only',
      'drain',
      '--slow',
      '/slow',
      '--',
      process.execPath,
      fixture('exits-at-once'),
    ]);
    run.process.stdout?.destroy();
    const { code, stderr } = await run.result;
    expect(code).toBe(1);
    expect(stderr).toBe('');
  });
});

describe('drain-check judge', () => {
  it('keeps what was recorded where no option says otherwise', async () => {
    const recording = RECORDING.replace('closes-server-and-waits-for-idle-clients', 'perfect-with-lame-duck');
    const { code, stdout } = await runCli(['judge', recording]);
    expect(stdout).toContain('PASS   23 passed');
    expect(code).toBe(0);
    expect((await runCli(['judge', recording, '--routing-lag', '5s'])).stdout).toContain('WARN   1 warning');
  });

  it('judges again under another profile', async () => {
    const kubernetes = await runCli(['judge', RECORDING]);
    const standalone = await runCli(['judge', RECORDING, '--profile', 'standalone']);
    expect(kubernetes.stdout).toContain('profile kubernetes');
    expect(standalone.stdout).toContain('profile standalone');
    expect(flat(standalone.stdout)).toContain('informative under the profile standalone');
  });

  it('takes ignore, strict and only', async () => {
    expect((await runCli(['judge', RECORDING])).code).toBe(1);
    expect((await runCli(['judge', RECORDING, '--ignore', 'closes-idle-connections,exits-in-time'])).code).toBe(0);
    expect((await runCli(['judge', RECORDING, '--only', 'serves-until-derouted'])).code).toBe(0);
    expect((await runCli(['judge', RECORDING, '--only', 'serves-until-derouted', '--strict'])).code).toBe(1);
  });
});

describe('drain-check checks and explain', () => {
  it('lists the whole catalogue', async () => {
    const { code, stdout } = await runCli(['checks']);
    expect(code).toBe(0);
    for (const check of CHECKS) expect(stdout).toContain(check.id);
  });

  it('prints one check with its cure', async () => {
    const { code, stdout } = await runCli(['explain', 'finishes-requests']);
    expect(code).toBe(0);
    expect(stdout).toContain('Requests in flight were lost');
    expect(stdout).toContain('### Python');
    expect(stdout).not.toContain('<!--');
  });

  it('knows what was meant', async () => {
    const { code, stderr } = await runCli(['explain', 'finish-requests']);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('Did you mean finishes-requests?');
  });
});

describe('drain-check --help and --version', () => {
  it('fits 80 columns and names every option', async () => {
    const { code, stdout } = await runCli(['--help'], { env: { COLUMNS: '80' } });
    expect(code).toBe(0);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    for (const option of ['--slow', '--grace-period', '--profile', '--record', '--no-color'])
      expect(stdout).toContain(option);
  });

  it('tells the version of the package', async () => {
    const { version } = JSON.parse(await readFile(path.resolve(import.meta.dirname, '../../package.json'), 'utf8')) as {
      version: string;
    };
    expect((await runCli(['--version'])).stdout).toBe(`${version}\n`);
  });
});
