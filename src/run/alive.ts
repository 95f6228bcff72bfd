import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import { redactText } from '../plan/redact.js';
import type { RunningTarget } from '../target/target.js';

/** Waits, unless the run is aborted or the target dies meanwhile. */
export async function pauseWhileAlive(
  running: RunningTarget,
  ms: number,
  abort: AbortSignal,
  doing: string,
): Promise<void> {
  await Promise.race([sleep(ms, undefined, { signal: abort, ref: true }), running.exited]);
  await assertAlive(running, doing);
}

/**
 * @param doing what was going on, to complete "the target ended …"
 * @throws DrainCheckError `target-died`
 */
export async function assertAlive(running: RunningTarget, doing: string): Promise<void> {
  if (!running.hasExited()) return;
  const { code, signal } = await running.exited;
  // The pipes are read to their end before its last words are quoted.
  await sleep(20);
  const how = signal === null ? `exited with code ${code ?? 'unknown'}` : `was ended by ${signal}`;
  const output = redactText(running.lastOutput());
  throw new DrainCheckError(
    'target-died',
    `The target ${how} ${doing}.`,
    output === ''
      ? 'It printed nothing. Start it by hand in the same directory and environment to see why.'
      : 'Its last output may say why.',
    { output },
  );
}
