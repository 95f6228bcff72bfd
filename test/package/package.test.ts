import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// Fetches versions of Node and packs the package: `npm run test:nodes` only.
const left = process.env['DRAIN_CHECK_TEST_NODES'] !== '1';
const ROOT = path.resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined };
const bin = (name: string) => path.join(ROOT, 'node_modules/.bin', name);

describe.skipIf(left)('the package', () => {
  let directory = '';
  let tarball = '';
  beforeAll(async () => {
    directory = await mkdtemp(path.join(tmpdir(), 'drain-check-pack-'));
    await run('npm', ['pack', '--ignore-scripts', '--pack-destination', directory], { cwd: ROOT, env });
    [tarball = ''] = await readdir(directory);
    await writeFile(path.join(directory, 'package.json'), '{"private":true,"type":"module"}');
    await run('npm', ['install', '--no-audit', '--no-fund', `./${tarball}`], { cwd: directory, env });
  });
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('is in order for publint', async () => {
    await run(bin('publint'), ['--strict', '--pack', 'false'], {
      cwd: path.join(directory, 'node_modules/drain-check'),
      env,
    });
  });

  it('has types that are found by whoever imports it', async () => {
    await run(bin('attw'), [path.join(directory, tarball), '--profile', 'esm-only'], { cwd: directory, env });
  });

  it.each(['node@20.19', 'node@22', 'node@24', 'node@latest'])('tells good from bad with %s', async (node) => {
    const cli = path.join(directory, 'node_modules/drain-check/bin/drain-check.js');
    const demo = (name: string) => path.join(directory, 'node_modules/drain-check/fixtures/demo', `${name}.mjs`);
    const play = (name: string) =>
      run(
        'npx',
        [
          '--yes',
          node,
          cli,
          '-q',
          '--allow-inconclusive',
          '--only',
          'drain',
          '--slow',
          '/slow',
          '--report',
          'json',
          '--',
          'node',
          demo(name),
        ],
        { cwd: directory, env, maxBuffer: 1e8 },
      ).then(
        ({ stdout }) => ({ code: 0, stdout }),
        (error: unknown) => error as { code: number; stdout: string },
      );
    const verdictOf = ({ stdout }: { stdout: string }) => (JSON.parse(stdout) as { verdict: string }).verdict;
    const statusOf = ({ stdout }: { stdout: string }) =>
      (JSON.parse(stdout) as { checks: { id: string; status: string }[] }).checks.find(
        ({ id }) => id === 'finishes-requests',
      )?.status;
    const good = await play('good');
    expect(good.code).toBe(0);
    expect(verdictOf(good)).not.toBe('fail');
    expect(statusOf(good)).toBe('pass');
    const bad = await play('bad');
    expect(bad.code).toBe(1);
    expect(verdictOf(bad)).toBe('fail');
    expect(statusOf(bad)).toBe('fail');
  });

  it('is imported by its name', async () => {
    const program = `import { drainCheck, judge, DrainCheckError } from 'drain-check'; console.log(typeof drainCheck, typeof judge, typeof DrainCheckError)`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], { cwd: directory, env });
    expect(stdout).toBe('function function function\n');
  });
});
