import { DrainCheckError } from '../errors.js';
import { formatDuration } from '../plan/durations.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { NewConnectionsPlan } from '../traffic/new-connections.js';
import type { StopResult } from '../target/stop-command.js';
import type { BegunLife } from './begin.js';
import type { RunContext } from './context.js';

/** The end of a target, begun. */
export interface Farewell {
  /** When, as a time of the recording; never after what it set off. */
  at: number;
  /** Aborted, with the error as the reason, when a stop command failed. */
  failed: AbortSignal;
  /** Ends what is left of a stop command. */
  abandon: () => Promise<void>;
}

/**
 * Begins the end of a target: with a signal, or with the command that stands for one; new connections come from then on.
 * @throws DrainCheckError `target-died` when there was nobody to signal
 */
export async function sayGoodbye(
  context: RunContext,
  scenario: Scenario,
  begun: BegunLife,
  newConnections: NewConnectionsPlan | null,
): Promise<Farewell> {
  const { running, recorder } = begun;
  const signal = scenario.signal ?? context.target.stopSignal ?? context.plan.signal;
  const goodbye = running.goodbye(signal);
  const knocking = scenario.newConnections ? newConnections : null;
  if (goodbye.by === 'command') {
    const { StopCommand: command } = await import('../target/stop-command.js');
    const at = recorder.clock.now();
    const start = () => command.start(goodbye.command, context.plan.target.cwd, recorder, context.watchdog);
    const first = await start();
    const stops = [Promise.resolve(first)];
    const { repeatAfterMs } = scenario;
    const again = repeatAfterMs === null ? undefined : setTimeout(() => stops.push(start()), repeatAfterMs);
    if (knocking !== null) context.observer.attempt({ life: recorder.life, newConnections: knocking });
    const failed = new AbortController();
    void first.done.then((result) => {
      if (result.code !== 0) failed.abort(stopFailed(result));
    });
    return {
      at,
      failed: failed.signal,
      abandon: async () => {
        clearTimeout(again);
        await Promise.all(stops.map(async (stop) => (await stop).abandon()));
      },
    };
  }
  const at = await context.observer.signal({
    life: recorder.life,
    pid: running.pid,
    signal,
    repeatAfterMs: scenario.repeatAfterMs,
    newConnections: knocking,
  });
  if (at === null)
    throw new DrainCheckError(
      'target-died',
      'The target was gone when it was to be signalled.',
      'Start it by hand to see whether it stays up.',
      { output: running.lastOutput() },
    );
  return { at, failed: new AbortController().signal, abandon: () => Promise.resolve() };
}

/** The error for a stop command that failed. */
export function stopFailed({ code, signal, output }: StopResult): DrainCheckError {
  const how = signal === null ? `failed with exit code ${code ?? 'unknown'}` : `was ended by ${signal}`;
  return new DrainCheckError(
    'stop-failed',
    `The stop command ${how}, so what was seen is no verdict on the target.`,
    'Run it by hand, in the same directory: it must end with 0 when it has stopped the target.',
    { output },
  );
}

/** The error for a stop command, or a person, that took too long. */
export function stopTimedOut(ms: number, what: string): DrainCheckError {
  return new DrainCheckError(
    'stop-failed',
    `${what} within ${formatDuration(ms)}.`,
    'Give it more time with --stop-timeout, or see by hand what it waits for.',
  );
}

/** The error for a service that was to be gone and is not. */
export function stillServing(ms: number): DrainCheckError {
  return new DrainCheckError(
    'stop-failed',
    `The service still serves ${formatDuration(ms)} after it was to be stopped, although it was to be gone (--after-stop gone).`,
    'See what the command stops; if another instance takes over, say --after-stop replaced.',
  );
}
