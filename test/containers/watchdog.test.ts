import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LIFE_LABEL, removeLabelled } from '../../src/target/container-removal.js';
import {
  containerPlan,
  containers,
  docker,
  eventually,
  noEngine,
  ROOT,
  runContainer,
  servedBy,
  testImage,
} from '../support/engine.js';
import { processesWith, until } from '../support/cli.js';

const DIST = path.join(ROOT, 'dist');
const noBuild = !existsSync(path.join(DIST, 'target/container.js'));

describe.skipIf(noEngine)('the containers of a life', () => {
  it('are removed by their label, those that come late too, and no others', async () => {
    const life = randomUUID();
    const other = await runContainer(['--label', `${LIFE_LABEL}=${life}0`], 'node', '-e', 'setInterval(() => {}, 1e6)');
    const first = await runContainer(['--label', `${LIFE_LABEL}=${life}`], 'node', '-e', '0');
    const removed = removeLabelled('docker', life);
    await eventually(async () => ((await containers(`name=${first}`)).length === 0 ? true : null));
    const late = await runContainer(['--label', `${LIFE_LABEL}=${life}`], 'node', '-e', 'setInterval(() => {}, 1e6)');
    await removed;
    expect(await containers(`name=${late}`)).toEqual([]);
    expect(await containers(`name=${other}`)).toHaveLength(1);
  });
});

/** Plays the part of drain-check: begins a life and stays with it. Prints the id of its container's first process. */
const PLAYER = `
  const [, dist, plan, life] = process.argv;
  const load = (file) => import(dist + '/' + file);
  const { Watchdog } = await load('target/watchdog.js');
  const { EngineTarget } = await load('target/container.js');
  const { createClock } = await load('recording/clock.js');
  const watchdog = new Watchdog();
  const target = new EngineTarget(JSON.parse(plan), watchdog);
  await target.prepare();
  console.log('prepared');
  const running = await target.start({ life: 0, clock: createClock(), record: (event) => event });
  console.log('started', running.pid);
`;

describe.skipIf(noEngine || noBuild)('a drain-check that is killed', () => {
  async function play(until: RegExp, plan: object) {
    const mark = randomUUID();
    const args = ['--input-type=module', '-e', PLAYER, DIST, JSON.stringify(plan)];
    const player = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TEST_MARK: mark },
    });
    onTestFinished(() => void player.kill('SIGKILL'));
    let printed = '';
    player.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const match = await eventually(() => until.exec(printed));
    return { player, mark, match };
  }

  it('leaves no container of its own, and no program of the engine', async () => {
    await testImage();
    const life = randomUUID();
    const { runArgs = [], ...rest } = servedBy('perfect-without-lame-duck');
    const plan = containerPlan({ ...rest, runArgs: [...runArgs, '--label', `drain-check.test=${life}`] });
    const { player, mark } = await play(/started (\d+)/, plan);
    expect(await containers(`label=drain-check.test=${life}`)).toHaveLength(1);
    player.kill('SIGKILL');
    await eventually(async () => ((await containers(`label=drain-check.test=${life}`)).length === 0 ? true : null));
    await until(() => processesWith(mark).length === 0);
  });

  it('leaves none whose `run` is still under way', async () => {
    await testImage();
    const life = randomUUID();
    const { runArgs = [], ...rest } = servedBy('perfect-without-lame-duck');
    const plan = containerPlan({ ...rest, runArgs: [...runArgs, '--label', `drain-check.test=${life}`] });
    const { player, mark } = await play(/prepared/, plan);
    // Before anything of it can be seen from outside: the engine's program has just been started.
    await until(() => processesWith(mark).length > 2);
    player.kill('SIGKILL');
    await until(() => processesWith(mark).length === 0);
    expect(await containers(`label=drain-check.test=${life}`)).toEqual([]);
  });

  it('lets a container live that it had only taken, and leaves no program of the engine with it', async () => {
    const name = await runContainer([], 'node', '-e', 'setInterval(() => {}, 1e6)');
    const { player, mark } = await play(/started (\d+)/, containerPlan({ name }));
    expect(processesWith(mark).length).toBeGreaterThan(4);
    player.kill('SIGKILL');
    await until(() => processesWith(mark).length === 0);
    expect(await docker('inspect', '--format', '{{.State.Running}}', name)).toBe('true');
  });
});
