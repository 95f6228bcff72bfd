import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.js';
import { fixture, flat, processesWith, startCli, temporaryDirectory, until } from '../support/cli.js';
import { validateReport } from '../support/schema.js';
import { HOSTILE } from './playing.js';

const run = promisify(execFile);
const CLI = path.resolve(import.meta.dirname, '../../bin/drain-check.js');
const FAULTS = path.resolve(import.meta.dirname, '../../fixtures/hostile/faults');
const PHASES = [
  'drain: starting',
  'drain: waiting until ready',
  'drain: looking around',
  'drain: loading',
  'drain: draining',
];
/** So many moments of a run are chosen at random for our sudden death. */
const DEATHS = 200;
/** A run of the server that is killed lasts about this long. Milliseconds. */
const LIFE_MS = 3500;

/** The arguments of a run of a server, with a mark by which its processes can be found. */
function marked(server: string, more: readonly string[] = []) {
  const mark = `FAULT=${randomUUID()}`;
  // What is injected into us must not come to the target.
  const own = ['--env', mark, '--env', 'NODE_OPTIONS=', '--slow', '/slow', '--only', 'drain', '--grace-period', '20s'];
  const args = [...own, ...more, '--', process.execPath, fixture(server)];
  const isGone = () => until(() => processesWith(mark).length === 0);
  return { args, alive: () => processesWith(mark), isGone };
}

/** The exit of a good server; on a machine that is too busy something may not be proved. */
const NO_FAILURE = /^exit [03]$/m;

/** Whether what a check needs of this machine is there: a file system of our own that is soon full. */
const canMount = process.platform === 'linux' && spawnSync('unshare', ['-m', 'true']).status === 0;

/** Whether the limits of a process can be changed while it runs. */
const canLimit = process.platform === 'linux' && spawnSync('prlimit', ['--version']).status === 0;

/** A file system for these processes alone, with room for hardly anything more. */
const ON_A_FULL_DISK = `exec unshare -m sh -c '
  mount -t tmpfs -o size=16k tmpfs "$FULL" && head -c 12000 /dev/zero > "$FULL/filler" || exit 99
  "$@"; code=$?; ls -A "$FULL" >&2; exit $code
' sh "$@"`;

/** Runs a script of the shell in which `"$@"` stands for our command line. */
async function inShell(
  script: string,
  args: readonly string[],
  own: NodeJS.ProcessEnv = {},
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, NO_COLOR: '1', GITHUB_ACTIONS: undefined, ...own };
  return run('/bin/sh', ['-c', script, 'sh', process.execPath, CLI, ...args], { env }).then(
    (done) => ({ code: 0, ...done }),
    (error: unknown) => error as { code: number; stdout: string; stderr: string },
  );
}

describe.skipIf(!HOSTILE)('faults in ourselves', { concurrent: true }, () => {
  const ends = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const;
  it.each(PHASES.flatMap((phase) => ends.map((end) => [...end, phase] as const)))(
    '%s (exit %s) while %s',
    async (signal, code, phase) => {
      const { args, alive, isGone } = marked('ignores-sigterm');
      const cli = startCli(args);
      await cli.saw(phase);
      cli.process.kill(signal);
      const result = await cli.result;
      expect(result.code).toBe(code);
      if (signal !== 'SIGKILL') expect(alive()).toEqual([]);
      await isGone();
    },
  );

  it.each([300, 1200, 2500])('a thread that crashes %d ms after its start', async (ms) => {
    const { args, alive } = marked('ignores-sigterm');
    const env = { NODE_OPTIONS: `--import=${FAULTS}/thread.mjs`, FAULT_MS: String(ms) };
    const { code, stdout, stderr } = await startCli(args, { env }).result;
    expect(stderr).toContain('This is a fault of drain-check itself, not a verdict');
    expect(stderr).toContain('a fault of a thread');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(alive()).toEqual([]);
  });

  it.each([600, 1500, 3000])('a fault that nobody awaits, after %d ms', async (ms) => {
    const { args, isGone } = marked('ignores-sigterm');
    const env = { NODE_OPTIONS: `--import=${FAULTS}/main.mjs`, FAULT_MS: String(ms) };
    const { code, stdout, stderr } = await startCli(args, { env }).result;
    expect(stderr).toContain('This is a fault of drain-check itself, not a verdict');
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    await isGone();
  });

  it('a wall clock that jumps', async () => {
    const { args } = marked('perfect-with-lame-duck', ['--report', 'json', '--profile', 'standalone']);
    const { code, stdout } = await startCli(args, { env: { NODE_OPTIONS: `--import=${FAULTS}/clock.mjs` } }).result;
    const report = JSON.parse(stdout) as Report;
    expect(report.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(validateReport(report)).toEqual([]);
    expect(`exit ${code}`).toMatch(NO_FAILURE);
  });

  it('64 file descriptors', async () => {
    const { args } = marked('perfect-with-lame-duck', ['--report', 'json', '--profile', 'standalone']);
    const { code, stdout } = await inShell('ulimit -n 64; exec "$@"', args);
    expect(validateReport(JSON.parse(stdout) as Report)).toEqual([]);
    expect(`exit ${code}`).toMatch(NO_FAILURE);
  });

  it.each([24, 32, 40, 48])('%d file descriptors, which are too few', async (files) => {
    const { args, alive } = marked('perfect-with-lame-duck', ['--report', 'json']);
    const { code, stdout, stderr } = await inShell(`ulimit -n ${files}; exec "$@"`, args);
    expect(stderr).toContain(`This process may have ${files} files open (RLIMIT_NOFILE)`);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(alive()).toEqual([]);
  });

  it.skipIf(!canLimit).each(PHASES)('no file descriptor is left while %s', async (phase) => {
    const { args, isGone } = marked('perfect-with-lame-duck', ['--report', 'json']);
    const cli = startCli(args);
    await cli.saw(phase);
    await run('prlimit', ['--pid', String(cli.process.pid), '--nofile=16:16']);
    const { code, stdout, stderr } = await cli.result;
    // What could not be seen any more is no answer of the target.
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(flat(stderr)).toContain('EMFILE');
    await isGone();
  });

  it.skipIf(!canMount)('a disk that is full when the results are written', async () => {
    const full = path.join(await temporaryDirectory(), 'full');
    await mkdir(full);
    const files = ['--report', `json=${full}/report.json`, '--record', `${full}/run.ndjson`, '--keep', `${full}/kept`];
    const { args, alive } = marked('perfect-with-lame-duck', ['--quiet', ...files, '--report', 'terminal']);
    const { code, stdout, stderr } = await inShell(ON_A_FULL_DISK, args, { FULL: full });
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('cannot be written (ENOSPC).');
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('2 more could not be written either. Make room on that disk');
    // The report for the eye is there, nothing is half there, and the gate does not open.
    expect(stdout).toContain('Handle SIGTERM');
    expect(stderr).not.toMatch(/report\.json$|\.tmp$/m);
    expect(code).toBe(3);
    expect(alive()).toEqual([]);
  });

  it.each(['>&-', '2>&-', '| head -c 0', '2>&1 >/dev/null | head -c 20 >/dev/null'])(
    'a stream that is closed: %s',
    async (how) => {
      const kept = await temporaryDirectory();
      const { args, alive } = marked('perfect-with-lame-duck', ['--profile', 'standalone', '--keep', kept]);
      const { stderr } = await inShell(`exec 3>&2; { "$@"; echo "exit $?" >&3; } ${how}`, args);
      expect(stderr).toMatch(NO_FAILURE);
      expect((JSON.parse(await readFile(path.join(kept, 'report.json'), 'utf8')) as Report).verdict).not.toBe('fail');
      expect(alive()).toEqual([]);
    },
  );

  it(`SIGKILL in any of ${DEATHS} moments`, async () => {
    const kept = await temporaryDirectory();
    const moments = Array.from({ length: DEATHS }, () => Math.random() * LIFE_MS);
    const die = async (ms: number, name: number) => {
      const file = path.join(kept, `${name}.json`);
      const { args, isGone } = marked('perfect-with-lame-duck', ['--report', `json=${file}`]);
      const cli = startCli(args);
      const timer = setTimeout(() => cli.process.kill('SIGKILL'), ms);
      await cli.result;
      clearTimeout(timer);
      await isGone();
    };
    const left = [...moments.entries()];
    const worker = async () => {
      for (let next = left.pop(); next !== undefined; next = left.pop()) await die(next[1], next[0]);
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    // A report is whole or not there; what was being written when we were killed is no report.
    for (const name of await readdir(kept))
      if (name.endsWith('.json'))
        expect(validateReport(JSON.parse(await readFile(path.join(kept, name), 'utf8')) as Report)).toEqual([]);
  }, 600_000);
});
