import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { flat, runCli, startCli, temporaryDirectory, until, type CliRun } from '../support/cli.js';
import {
  containers,
  docker,
  eventually,
  IMAGE,
  noEngine,
  RUN_ARGS,
  runContainer,
  testImage,
} from '../support/engine.js';

/** What mounts the fixtures, and labels the containers of one test. */
function marked(): { options: string[]; left: () => Promise<string[]> } {
  const label = `drain-check-test.${randomUUID()}`;
  const options = [...RUN_ARGS, `--label=${label}`].map((arg) => `--docker-run-arg=${arg}`);
  return { options, left: () => containers(`label=${label}`) };
}

const server = (name: string) => ['--', 'node', `fixtures/servers/${name}.mjs`];

async function refused(args: readonly string[], code: number, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout, stderr, code: own } = await runCli(['-q', ...args], { env });
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^drain-check: /m);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(own).toBe(code);
  return flat(stderr);
}

/** A run of a server that ignores the signal, in a container. */
async function longRun(): Promise<{ run: CliRun; left: () => Promise<string[]> }> {
  await testImage();
  const { options, left } = marked();
  const run = startCli(['--docker', IMAGE, ...options, '--slow', '/slow', '-g', '60s', ...server('ignores-sigterm')]);
  onTestFinished(() => void run.process.kill('SIGKILL'));
  return { run, left };
}

describe.skipIf(noEngine)('a container on the command line', () => {
  it('that is neither container nor image', async () =>
    expect(await refused(['--docker', 'no/such:thing'], 2)).toContain(
      'neither a container nor an image no/such:thing',
    ));

  it('whose engine does not run', async () =>
    expect(await refused(['--docker', IMAGE], 3, { DOCKER_HOST: 'unix:///nonexistent' })).toContain('cannot be used'));

  it('that never listens, of which nothing is left', async () => {
    await testImage();
    const { options, left } = marked();
    const idle = ['--', 'node', '-e', 'setInterval(() => undefined, 1000)'];
    const said = await refused(['--docker', IMAGE, ...options, '--start-timeout', '1s', ...idle], 3);
    expect(said).toContain('did not listen on port');
    expect(await left()).toEqual([]);
  });

  it('that ends at once, with its last words', async () => {
    await testImage();
    const { options, left } = marked();
    const ends = ['--', 'node', '-e', 'console.error("no way"); process.exit(4)'];
    const said = await refused(['--docker', IMAGE, ...options, ...ends], 3);
    expect(said).toContain('exited with code 4');
    expect(said).toContain('no way');
    expect(await left()).toEqual([]);
  });

  it('whose command is not there', async () => {
    await testImage();
    const { options, left } = marked();
    expect(await refused(['--docker', IMAGE, ...options, '--', '/nonexistent'], 2)).toContain('could not be started');
    expect(await left()).toEqual([]);
  });

  it('that runs already is let alone unless somebody agrees to its end', async () => {
    const id = await runContainer([], 'node', '-e', 'setInterval(() => undefined, 1000)');
    expect(await refused(['--docker', id], 2)).toMatch(/did not start the container .*--yes/);
    expect(await refused(['--docker', id, '--yes'], 3)).toContain('it has no listening socket at all');
    expect(await docker('inspect', '-f', '{{.State.Running}}', id)).toBe('true');
  });

  it('shows no value of a variable anywhere', async () => {
    await testImage();
    const secret = 'hunter2-and-more';
    const args = ['--env', `TOKEN=${secret}`, `--docker-run-arg=--env=OTHER=${secret}`, '--docker-run-arg=-e'];
    const file = path.join(await temporaryDirectory(), 'run.ndjson');
    const { stdout, stderr } = await runCli([
      ...['--docker', IMAGE, ...marked().options, ...args, `--docker-run-arg=THIRD=${secret}`],
      ...['--only', 'drain', '--report', 'json', '--record', file],
      ...server('perfect-without-lame-duck'),
    ]);
    expect(stdout).toMatch(/^\{/);
    expect(stdout + stderr + (await readFile(file, 'utf8'))).not.toContain(secret);
  });
});

describe.skipIf(noEngine)('however a run with containers ends, none is left', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('interrupted by %s', async (signal, code) => {
    const { run, left } = await longRun();
    await run.saw('drain: draining');
    expect(await left()).toHaveLength(1);
    run.process.kill(signal);
    expect((await run.result).code).toBe(code);
    expect(await left()).toEqual([]);
  });

  it.each(['drain: starting', 'drain: looking around', 'drain: loading', 'drain: draining'])(
    'killed with SIGKILL while %s',
    async (phase) => {
      const { run, left } = await longRun();
      await run.saw(phase);
      run.process.kill('SIGKILL');
      await run.result;
      // One that was being created when we died comes into being first.
      await until(() => run.process.signalCode !== null);
      await eventually(async () => ((await left()).length === 0 ? true : null));
    },
  );
});
