import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../../src/target/free-port.js';
import { procTable } from '../../src/target/processes/proc.js';
import type { Goodbye } from '../../src/target/target.js';
import { temporaryDirectory } from '../support/cli.js';
import { docker, IMAGE, listening, noEngine, prepared, runContainer, started, testImage } from '../support/engine.js';

const run = promisify(execFile);
const PERFECT = ['node', 'fixtures/servers/perfect-without-lame-duck.mjs'];
const ASLEEP = ['node', '-e', 'setInterval(() => {}, 1e6)'];

/** A container that serves on a port, as somebody else has started it. */
async function service(...runArgs: string[]): Promise<{ name: string; port: number }> {
  const port = await freePort();
  return { name: await runContainer(['-e', `PORT=${port}`, ...runArgs], ...PERFECT), port };
}

async function carryOut(goodbye: Goodbye): Promise<void> {
  if (goodbye.by !== 'command') throw new Error('it is a signal');
  const [file = '', ...args] = goodbye.command;
  await run(file, args);
}

const ourPrograms = async () =>
  (await procTable.list()).filter((row) => row.ppid === process.pid && /^docker (logs|events|wait)/.test(row.command));

describe.skipIf(noEngine)('a container that runs already', () => {
  it('is a stranger, has one life and wants SIGTERM, if it says nothing else', async () => {
    const name = await runContainer([], ...ASLEEP);
    const { target } = await prepared({ name });
    expect(target).toMatchObject({
      restarts: false,
      stranger: `the container ${name} (image ${IMAGE})`,
      name: `container ${name}`,
      stopSignal: null,
    });
  });

  it('is found by the beginning of its id as well', async () => {
    const name = await runContainer([], ...ASLEEP);
    const id = await docker('inspect', '--format', '{{.Id}}', name);
    expect((await prepared({ name: id.slice(0, 12) })).target.name).toBe(`container ${name}`);
  });

  it('is stopped by its engine, which tells of the signal and the death', async () => {
    const { name, port } = await service();
    const { running, events, recorder } = await started({ name, port });
    await listening(running, port);
    expect(events('target-found')).toMatchObject([{ pid: running.pid, name: `container ${name}` }]);
    const goodbye = running.goodbye('SIGTERM');
    expect(goodbye).toMatchObject({ command: ['docker', 'stop', '-t', '86400', expect.any(String)] });
    const signalAt = recorder.clock.now();
    await carryOut(goodbye);
    expect(await running.exited).toEqual({ code: 0, signal: null });
    const [kill, die, ...more] = events('container-event');
    expect(more).toEqual([]);
    expect(kill).toMatchObject({ action: 'kill', signal: 'SIGTERM', code: null });
    expect(die).toMatchObject({ action: 'die', signal: null, code: 0 });
    // The engine's clock counts from another origin and is read to the millisecond.
    const times = [signalAt - 2, kill?.at ?? NaN, (die?.at ?? NaN) + 1, recorder.clock.now() + 1];
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is given another signal by its engine too', async () => {
    const { name, port } = await service();
    const { running, events } = await started({ name, port });
    await listening(running, port);
    const goodbye = running.goodbye('SIGINT');
    expect(goodbye).toMatchObject({ command: ['docker', 'kill', '-s', 'SIGINT', expect.any(String)] });
    await carryOut(goodbye);
    expect(await running.exited).toEqual({ code: 0, signal: null });
    expect(events('container-event')).toMatchObject([{ action: 'kill', signal: 'SIGINT' }, { action: 'die' }]);
  });

  it('is known to have been killed when its engine has killed it', async () => {
    const name = await runContainer([], ...ASLEEP);
    const { running, events } = await started({ name });
    await docker('kill', name);
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(events('container-event')).toMatchObject([
      { action: 'kill', signal: 'SIGKILL' },
      { action: 'die', code: 137 },
    ]);
  });

  it('is stopped with the signal that it names, which is its end whatever its restart policy', async () => {
    const { name, port } = await service('--stop-signal', 'INT', '--restart', 'always');
    const { target, running, events } = await started({ name, port });
    expect(target.stopSignal).toBe('SIGINT');
    await listening(running, port);
    await carryOut(running.goodbye('SIGINT'));
    await running.exited;
    expect(events('container-event')[0]).toMatchObject({ action: 'kill', signal: 'SIGINT' });
    expect(await docker('inspect', '--format', '{{.State.Status}}', name)).toBe('exited');
  });

  it('names no signal when another was asked for', async () => {
    const name = await runContainer(['--stop-signal', 'SIGQUIT'], ...ASLEEP);
    expect((await prepared({ name })).target.stopSignal).toBe('SIGQUIT');
    expect((await prepared({ name, signal: 'SIGINT' })).target.stopSignal).toBeNull();
  });

  it('is let go and not ended, and no program of ours stays with it', async () => {
    const { name, port } = await service();
    const { running, target } = await started({ name, port });
    await listening(running, port);
    expect(await ourPrograms()).toHaveLength(3);
    await running.destroy();
    await target.close();
    expect(await ourPrograms()).toEqual([]);
    expect(running.hasExited()).toBe(false);
    expect(await docker('inspect', '--format', '{{.State.Running}} {{.RestartCount}}', name)).toBe('true 0');
  });

  it('shows only what it prints from then on', async () => {
    const say =
      'console.log("before"); process.on("SIGUSR2", () => { console.log("after"); process.exit(0) }); setInterval(() => {}, 1e6)';
    const name = await runContainer([], 'node', '-e', say);
    await vi.waitUntil(async () => (await docker('logs', name)) === 'before', 30_000);
    const { running } = await started({ name });
    await carryOut(running.goodbye('SIGUSR2'));
    await running.exited;
    expect(running.lastOutput()).toBe('after');
  });

  it('may vanish with its death', async () => {
    const name = await runContainer(['--rm'], ...ASLEEP);
    const { running } = await started({ name });
    await docker('kill', name);
    expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('may be dead when its life is to begin', async () => {
    const name = await runContainer([], ...ASLEEP);
    const { start } = await prepared({ name });
    await docker('kill', name);
    const { running } = await start();
    expect(running.pid).toBe(0);
    expect(await running.exited).toMatchObject({ code: 137 });
    expect(running.goodbye('SIGTERM').by).toBe('command');
  });

  it('takes no command, no variables and no arguments for `run`', async () => {
    const name = await runContainer([], ...ASLEEP);
    await expect(prepared({ name, args: ['node'], env: { A: '1' }, runArgs: ['--init'] })).rejects.toMatchObject({
      code: 'usage',
      message: `The container ${name} runs already, so the command node and --docker-run-arg and --env cannot be given to it.`,
    });
  });

  it('is not started when it does not run', async () => {
    const name = await runContainer([], ...ASLEEP);
    await docker('kill', name);
    await expect(prepared({ name })).rejects.toMatchObject({
      code: 'no-such-target',
      hint: `Start it with \`docker start ${name}\`.`,
    });
  });

  it('is refused when it cannot be reached', async () => {
    const name = `drain-check-test-${randomUUID()}`;
    onTestFinished(async () => {
      await docker('rm', '-f', name);
    });
    await docker('run', '-d', '--name', name, '--network', 'none', await testImage(), ...ASLEEP);
    await expect(prepared({ name })).rejects.toMatchObject({
      code: 'cannot-verify',
      hint: `Use --url http://127.0.0.1:PORT --stop 'docker stop -t 30 ${name}'.`,
    });
  });
});

describe.skipIf(noEngine)('an image with a signal of its own', () => {
  it('is stopped with it, or with what the arguments for `run` say', async () => {
    const name = `drain-check-test-${randomUUID()}`;
    const empty = path.join(await temporaryDirectory(), 'empty.tar');
    await run('tar', ['-cf', empty, '-T', '/dev/null']);
    onTestFinished(async () => {
      await docker('rm', name);
      await docker('rmi', name, `${name}-empty`);
    });
    await docker('import', empty, `${name}-empty`);
    await docker('create', '--name', name, '--stop-signal', '3', `${name}-empty`, 'true');
    await docker('commit', name, `${name}:latest`);
    const image = `${name}:latest`;
    expect((await prepared({ name: image })).target.stopSignal).toBe('SIGQUIT');
    expect((await prepared({ name: image, runArgs: ['--stop-signal=USR2'] })).target.stopSignal).toBe('SIGUSR2');
    expect((await prepared({ name: image, signal: 'SIGTERM' })).target.stopSignal).toBeNull();
    // The container that it was made from has the same name, and does not run.
    await expect(prepared({ name })).rejects.toMatchObject({
      code: 'no-such-target',
      hint: `Start it with \`docker start ${name}\`, or name the image with its tag, as in ${name}:latest.`,
    });
  });
});

describe.skipIf(noEngine)('a service of Compose', () => {
  /** Has the engine's program find a Compose that answers with this. The engine and the containers are real. */
  async function composeAnswers(script: string): Promise<void> {
    const config = await temporaryDirectory();
    const plugin = path.join(config, 'cli-plugins', 'docker-compose');
    await mkdir(path.dirname(plugin));
    const metadata = '{"SchemaVersion":"0.1.0","Vendor":"test","Version":"v0"}';
    await writeFile(
      plugin,
      `#!/bin/sh\n[ "$1" = docker-cli-plugin-metadata ] && echo '${metadata}' && exit\n${script}\n`,
    );
    await chmod(plugin, 0o755);
    vi.stubEnv('DOCKER_CONFIG', config);
    onTestFinished(() => void vi.unstubAllEnvs());
  }
  const web = { name: 'web', compose: true };

  it('stands for its container', async () => {
    const name = await runContainer([], ...ASLEEP);
    await composeAnswers(`[ "$*" = "compose ps -q web" ] && docker inspect --format '{{.Id}}' ${name}`);
    expect((await prepared(web)).target).toMatchObject({ restarts: false, name: `container ${name}` });
  });

  it('must have one container', async () => {
    await composeAnswers('true');
    await expect(prepared(web)).rejects.toMatchObject({
      code: 'no-such-target',
      message: expect.stringContaining('No container') as string,
    });
    await composeAnswers('echo no such service: web >&2; exit 1');
    await expect(prepared(web)).rejects.toMatchObject({
      code: 'no-such-target',
      message: expect.stringContaining('No container') as string,
    });
    await composeAnswers('echo 0123456789ab; echo 0123456789ac');
    await expect(prepared(web)).rejects.toMatchObject({
      code: 'no-such-target',
      message: expect.stringContaining('has 2 containers') as string,
    });
  });

  it('needs a Compose that works', async () => {
    await composeAnswers('echo no configuration file provided: not found >&2; exit 14');
    await expect(prepared(web)).rejects.toMatchObject({
      code: 'engine-failed',
      message: 'Docker compose failed: no configuration file provided: not found',
    });
  });
});
