import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** What our containers are labelled with, so that they are found whatever became of their `run`. */
export const LIFE_LABEL = 'drain-check.life';

/** A `run` that was under way when we were killed may still make its container: so long is looked for it. */
const LOOK_ON_MS = 3000;
const GIVE_UP_MS = 10_000;
const LOOK_EVERY_MS = 200;
const ANSWER_TIMEOUT_MS = 5000;

const run = promisify(execFile);

/**
 * Removes the containers of a life, and keeps looking for one that is still being made. Bounded; never rejects. It is
 * the watchdog's way and needs nothing but the engine's program.
 */
export async function removeLabelled(engine: string, life: string): Promise<void> {
  const begun = performance.now();
  let lookUntil = begun + LOOK_ON_MS;
  while (performance.now() < Math.min(lookUntil, begun + GIVE_UP_MS)) {
    const ids = await labelled(engine, life);
    if (ids.length > 0) {
      await ask(engine, ['rm', '-f', '-v', ...ids]);
      lookUntil = performance.now() + LOOK_ON_MS;
    }
    await sleep(LOOK_EVERY_MS);
  }
}

async function labelled(engine: string, life: string): Promise<string[]> {
  const filter = `label=${LIFE_LABEL}=${life}`;
  return (await ask(engine, ['ps', '-aq', '--no-trunc', '--filter', filter])).split(/\s+/).filter((id) => id !== '');
}

/** What it answers; nothing when it fails. */
async function ask(engine: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(engine, args, { timeout: ANSWER_TIMEOUT_MS, killSignal: 'SIGKILL' })).stdout;
  } catch {
    return '';
  }
}
