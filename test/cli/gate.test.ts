import { appendFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.js';
import { fixture, flat, runCli, startCli, temporaryDirectory } from '../support/cli.js';
import { validateReport } from '../support/schema.js';

const recordings = path.resolve(import.meta.dirname, '../../fixtures/recordings');
const recording = (name: string) => path.join(recordings, `${name}.ndjson`);
const report = (name: string) => path.join(recordings, `${name}.report.json`);
const quick = ['-q', '--only', 'drain', '--slow', '/slow'];
const server = (name: string) => ['--', process.execPath, fixture(name)];
/** A server that loses its work in every other life: the file that it is given tells which it is. */
const FLAKY = `
  import { createServer } from 'node:http';
  import { existsSync, rmSync, writeFileSync } from 'node:fs';
  const mark = process.argv[2];
  const server = createServer((request, response) => request.resume().on('end', () => setTimeout(() => response.setHeader('connection', 'close').end('ok'), request.url === '/slow' ? 200 : 0)));
  server.listen(process.env.PORT);
  process.on('SIGTERM', () => {
    console.log('going away');
    if (existsSync(mark)) { rmSync(mark); process.exit(0); }
    writeFileSync(mark, '');
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });`;

describe('--repeat', () => {
  it('calls what does not agree with itself flaky, and judges the recordings again to the same report', async () => {
    const directory = await temporaryDirectory();
    await writeFile(path.join(directory, 'flaky.mjs'), FLAKY);
    const args = [
      ...quick,
      '--no-discover',
      '--repeat',
      '2',
      '--budget',
      'exit.max<20s',
      '--record',
      'run.ndjson',
      '--keep',
      'kept',
    ];
    const { code, stdout } = await runCli(
      [...args, '--report', 'json=first.json', '--report', 'terminal', '--', process.execPath, 'flaky.mjs', 'mark'],
      { cwd: directory },
    );
    expect(stdout).toContain('≈ Requests in flight were lost');
    expect(stdout).toContain('trials    1 passed, 1 failed');
    expect(stdout).toContain('2 trials: 1 ');
    expect(flat(stdout)).toContain('budget exit.max<20s: kept');
    expect(code).toBe(1);
    const first = await readFile(path.join(directory, 'first.json'), 'utf8');
    expect(validateReport(JSON.parse(first))).toEqual([]);
    const again = ['judge', 'run-1.ndjson', 'run-2.ndjson', '--budget', 'exit.max<20s', '--report', 'json'];
    expect((await runCli(again, { cwd: directory })).stdout).toBe(first);
    const kept = await readdir(path.join(directory, 'kept', 'trial-2'));
    expect(kept.sort()).toEqual(['0-drain.stdout.log', 'recording.ndjson', 'report.json']);
    expect(await readFile(path.join(directory, 'kept/trial-1/0-drain.stdout.log'), 'utf8')).toBe('going away\n');
  });

  it('is refused for what dies once', async () => {
    const { code, stderr } = await runCli(['--pid', '1', '--repeat', '3', '--watch']);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('--repeat "3" needs a target that can be started again');
    expect(flat(stderr)).toContain('--watch');
  });
});

describe('--baseline', () => {
  it('fails only on what is new, and takes a recording as well as a report', async () => {
    const judge = (...args: string[]) => runCli(['judge', recording('exits-at-once'), ...args]);
    expect((await judge()).code).toBe(1);
    const known = await judge('--baseline', report('exits-at-once'));
    expect(known.stdout).toContain('✖ Requests in flight were lost (known)');
    expect(known.code).toBe(0);
    expect((await judge('--baseline', recording('exits-at-once'))).stdout).toBe(known.stdout);
    const better = await judge('--baseline', report('perfect-with-lame-duck'));
    expect(better.code).toBe(1);
    expect(flat(better.stdout)).toContain('finishes-requests');
  });

  it('is read before anything is started', async () => {
    const { code, stderr } = await runCli([...quick, '--baseline', 'no-such.json', ...server('exits-at-once')]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('no-such.json cannot be read (ENOENT)');
  });
});

describe('drain-check diff', () => {
  it('exits 1 when something got worse, and 0 when nothing did', async () => {
    const worse = await runCli(['diff', report('perfect-with-lame-duck'), recording('exits-at-once')]);
    expect(worse.code).toBe(1);
    expect(worse.stdout).toContain('WORSE');
    const better = await runCli(
      ['diff', recording('exits-at-once'), report('perfect-with-lame-duck'), '--report', 'json'],
      { env: { DRAIN_CHECK_REPORT: 'junit' } },
    );
    expect(better.code).toBe(0);
    const { checks } = JSON.parse(better.stdout) as { checks: { id: string; change: string }[] };
    expect(checks.find(({ id }) => id === 'finishes-requests')?.change).toBe('better');
  });
  it('says what it cannot read', async () => {
    const directory = await temporaryDirectory();
    await writeFile(path.join(directory, 'x.json'), '{"a":');
    expect(await runCli(['diff', 'x.json', 'x.json'], { cwd: directory })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('x.json is not JSON') as string,
    });
    expect(await runCli(['diff', 'x.json'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('takes two files') as string,
    });
  });
});

describe('a recording that is damaged', () => {
  it('is judged as far as it is whole, which is said', async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, 'run.ndjson');
    const text = await readFile(recording('perfect-with-lame-duck'), 'utf8');
    await writeFile(file, text);
    await truncate(file, Math.floor(text.length / 2) + 3);
    const cut = await runCli(['judge', file]);
    expect(flat(cut.stderr)).toMatch(/run\.ndjson, line \d+: this is not JSON .* What stands before that is judged\./);
    expect(cut.stdout).toContain('This recording was cut off; what is whole was judged.');
    expect(cut.code).not.toBe(0);
    await writeFile(file, text);
    await appendFile(file, 'garbage\n');
    const spoilt = await runCli(['judge', file]);
    expect(flat(spoilt.stderr)).toContain('What stands before that is judged.');
  });
  it('is not taken for a trial of another plan', async () => {
    const { code, stderr } = await runCli(['judge', recording('exits-at-once'), recording('dies-by-default')]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('was not recorded with the same plan');
  });
});

describe('--keep', () => {
  it('leaves what the target printed when there is no verdict', async () => {
    const directory = await temporaryDirectory();
    const crash = [
      '-q',
      '--keep',
      'kept',
      '--',
      process.execPath,
      '-e',
      'console.error("no licence"); process.exit(3)',
    ];
    const { code } = await runCli(crash, { cwd: directory });
    expect(code).toBe(3);
    expect(await readFile(path.join(directory, 'kept/0-drain.stderr.log'), 'utf8')).toBe('no licence\n');
    expect(await readdir(path.join(directory, 'kept'))).not.toContain('report.json');
  });
  it('says when it cannot', async () => {
    const directory = await temporaryDirectory();
    await writeFile(path.join(directory, 'file'), '');
    const { code, stderr } = await runCli(['--keep', 'file/kept', 'true'], { cwd: directory });
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('The directory file/kept cannot be made (ENOTDIR)');
  });
});

describe('--watch', () => {
  it('runs again when a file changes, and ends when it is told to', async () => {
    const directory = await temporaryDirectory();
    await mkdir(path.join(directory, 'node_modules'));
    const source = FLAKY.replace('existsSync(mark)', 'true').replace('rmSync(mark);', '');
    await writeFile(path.join(directory, 'app.mjs'), source);
    const run = startCli(['--watch', '--only', 'drain', '--slow', '/slow', '--', process.execPath, 'app.mjs'], {
      cwd: directory,
    });
    await run.saw('Waiting for a change');
    await writeFile(path.join(directory, 'node_modules', 'ignored.js'), '');
    await appendFile(path.join(directory, 'app.mjs'), '\n// changed\n');
    await run.saw('app.mjs has changed.');
    const again = new Promise<void>((resolve) =>
      run.process.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.includes('exits 1')) resolve();
      }),
    );
    await again;
    run.process.kill('SIGINT');
    const { code, stdout, stderr } = await run.result;
    expect(code).toBe(130);
    expect(stdout.match(/^FAIL /gm)).toHaveLength(2);
    expect(stderr).not.toContain('ignored.js');
  });
});

describe('what is written', () => {
  it('does not share a path', async () => {
    const { code, stderr } = await runCli(['-r', 'json=x', '-r', 'junit=x', 'true']);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('is the path of two reports');
  });
  it('is nothing at all when one of the paths cannot be written to', async () => {
    const directory = await temporaryDirectory();
    const args = ['judge', recording('exits-at-once'), '-r', 'json=a.json', '-r', 'junit=no/such/b.xml'];
    const { code, stderr } = await runCli(args, { cwd: directory });
    expect(code).toBe(2);
    expect(stderr).toContain('no/such/b.xml cannot be written (ENOENT)');
    expect(await readdir(directory)).toEqual([]);
  });
  it('is said to GitHub where it runs, beside the report for a person', async () => {
    const directory = await temporaryDirectory();
    const summary = path.join(directory, 'summary.md');
    await writeFile(summary, 'before\n');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { stdout } = await runCli(['judge', recording('exits-at-once')], { env });
    const token = /^::stop-commands::([0-9a-f-]{36})\n/.exec(stdout)?.[1] ?? 'none';
    expect(stdout).toContain(`\n::${token}::\n::`);
    expect(stdout).toContain('::error title=drain-check%3A Requests in flight were lost::');
    expect(await readFile(summary, 'utf8')).toMatch(/^before\n## ❌ drain-check: fail\n/);
    const json = await runCli(['judge', recording('exits-at-once'), '-r', 'json'], { env });
    expect((JSON.parse(json.stdout) as Report).verdict).toBe('fail');
    const broken = await runCli(['judge', recording('exits-at-once')], {
      env: { ...env, GITHUB_STEP_SUMMARY: directory },
    });
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('could not be written (EISDIR)');
  });
});
