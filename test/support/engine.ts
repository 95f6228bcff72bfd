import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { promisify } from 'node:util';
import { onTestFinished, vi } from 'vitest';
import type { ContainerTarget } from '../../src/plan/types.js';
import type { EventOf, EventType, ListenerDescription, RecordedEvent } from '../../src/recording/events.js';
import { forLife, Recorder } from '../../src/recording/recorder.js';
import { EngineTarget } from '../../src/target/container.js';
import type { RunningTarget } from '../../src/target/target.js';
import { Watchdog } from '../../src/target/watchdog.js';
import { examplePlan } from './plan.js';

/** The root of the repository, which containers of tests have mounted. */
export const ROOT = path.resolve(import.meta.dirname, '../..');
export const IMAGE = 'drain-check-test';

/**
 * Whether tests that need a container engine are left out: they are played by `npm run test:containers` only, and fail
 * where it finds none.
 */
export const noEngine = process.env['DRAIN_CHECK_TEST_CONTAINERS'] !== '1';

/** What mounts the repository at its own place, on our network: there is no other in some sandboxes. */
export const RUN_ARGS = ['-v', `${ROOT}:${ROOT}:ro`, '-w', ROOT, '--network', 'host'];

const run = promisify(execFile);
let built: Promise<unknown> | undefined;

/** Makes sure that there is an image with node and a shell, and names it. */
export async function testImage(): Promise<string> {
  built ??= run(process.execPath, [path.join(ROOT, 'scripts/test-image.js')]);
  await built;
  return IMAGE;
}

/** What the engine prints, with the line break at its end taken away. */
export async function docker(...args: string[]): Promise<string> {
  return (await run('docker', args)).stdout.trim();
}

/** Ids of the containers of a filter, dead ones too. */
export async function containers(filter: string): Promise<string[]> {
  return (await docker('ps', '-aq', '--no-trunc', '--filter', filter)).split('\n').filter((id) => id !== '');
}

/** A plan that names an image or a container; of the engine that the tests have. */
export function containerPlan(changes: Partial<ContainerTarget> = {}): ContainerTarget {
  return {
    kind: 'container',
    engine: 'docker',
    name: IMAGE,
    compose: false,
    args: [],
    runArgs: [],
    env: {},
    signal: null,
    cwd: ROOT,
    port: null,
    socketPath: null,
    tls: null,
    http2: false,
    ...changes,
  };
}

/** The test image with a fixture server as its command. */
export function servedBy(fixture: string): Partial<ContainerTarget> {
  return { args: ['node', `fixtures/servers/${fixture}.mjs`], runArgs: RUN_ARGS };
}

/** A target that is there to be started; whatever it has started is ended when the test is. */
export interface PreparedContainer {
  target: EngineTarget;
  /** Begins a life. */
  start: () => Promise<StartedContainer>;
  /** Containers of its lives, dead ones too. */
  left: () => Promise<string[]>;
}

export interface StartedContainer extends PreparedContainer {
  running: RunningTarget;
  recorder: Recorder;
  /** What was recorded of a type, in order. */
  events: <T extends EventType>(type: T) => EventOf<T>[];
}

export async function prepared(changes: Partial<ContainerTarget> = {}): Promise<PreparedContainer> {
  const watchdog = new Watchdog();
  const lives = vi.spyOn(watchdog, 'container');
  const target = new EngineTarget(containerPlan(changes), watchdog);
  onTestFinished(async () => {
    await target.close();
    watchdog.close();
  });
  await testImage();
  await target.prepare();
  const left = async () =>
    (await Promise.all(lives.mock.calls.map(([, life]) => containers(`label=drain-check.life=${life}`)))).flat();
  const one: PreparedContainer = { target, left, start: () => begin(one) };
  return one;
}

/** A life that was begun. */
export async function started(changes: Partial<ContainerTarget> = {}): Promise<StartedContainer> {
  return (await prepared(changes)).start();
}

async function begin(one: PreparedContainer): Promise<StartedContainer> {
  const recorder = new Recorder(examplePlan(), { name: 'drain-check', version: '0.0.0' });
  const running = await one.target.start(forLife(recorder, 0));
  const events = <T extends EventType>(type: T) =>
    recorder.recording().events.filter((event): event is Extract<RecordedEvent, EventOf<T>> => event.type === type);
  return { ...one, running, recorder, events };
}

/** Runs a container that the target is to find; it is removed when the test is over. */
export async function runContainer(runArgs: readonly string[], ...command: string[]): Promise<string> {
  const name = `drain-check-test-${randomUUID()}`;
  // One that removes itself may be about to.
  onTestFinished(() => docker('rm', '-f', '-v', name).then(ignore, ignore));
  await docker('run', '-d', '--name', name, ...RUN_ARGS, ...runArgs, await testImage(), ...command);
  return name;
}

const ignore = () => undefined;

/** Waits until something is there. The deadline is far beyond anything a busy machine needs. */
export async function eventually<T>(look: () => Promise<T | null> | T | null): Promise<T> {
  for (const deadline = performance.now() + 30_000; ;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() > deadline) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Waits until the target listens on a port. */
export function listening(running: RunningTarget, port = running.port): Promise<ListenerDescription> {
  return eventually(async () => (await running.listeners()).listeners.find((one) => one.port === port) ?? null);
}
