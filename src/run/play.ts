import { DrainCheckError } from '../errors.js';
import type { Plan } from '../plan/types.js';
import type { RecordedEvent, Recording } from '../recording/events.js';
import { Recorder } from '../recording/recorder.js';
import { SCENARIOS } from '../scenarios/index.js';
import { ExitWatcher } from '../target/exit-watcher.js';
import { Watchdog } from '../target/watchdog.js';
import { Numbering } from '../traffic/numbering.js';
import { beginLife } from './begin.js';
import type { Progress, RunContext } from './context.js';
import { Observer } from './observer.js';

export interface PlayOptions {
  tool: { name: string; version: string };
  abort: AbortSignal;
  onProgress: (progress: Progress) => void;
  onEvent: (event: RecordedEvent) => void;
  /** Called with what was recorded so far when the run fails, before the error is thrown on. */
  onFailure: (recording: Recording) => void;
}

/** Events that belong to the run as a whole carry this life. */
const NO_LIFE = -1;

/**
 * Plays every scenario of the plan and returns the recording. Nothing that was started is left when this settles,
 * either way.
 * @throws DrainCheckError when there can be no verdict; `interrupted` when the abort signal was given
 */
export async function play(plan: Plan, options: PlayOptions): Promise<Recording> {
  if (process.platform === 'win32') {
    throw new DrainCheckError(
      'unsupported-platform',
      'Windows has no SIGTERM, so there is nothing to rehearse here.',
      'Run drain-check in WSL, in a Linux container or in CI.',
    );
  }
  const recorder = new Recorder(plan, options.tool);
  recorder.onEvent(options.onEvent);
  const watchdog = new Watchdog();
  const observer = new Observer(recorder);
  const exitWatcher = ExitWatcher.start(recorder.clock);
  // What starts a target is loaded while the watchdog comes up, so that the two do not disturb the target's own start.
  const { SpawnedTarget } = await import('../target/spawned.js');
  const context: RunContext = {
    plan,
    target: new SpawnedTarget(plan.target, watchdog),
    recorder,
    observer,
    exitWatcher,
    numbering: new Numbering(0),
    known: { origin: null, survey: null, upload: undefined },
    abort: options.abort,
    onProgress: options.onProgress,
  };
  let complete = false;
  try {
    await playScenarios(context, watchdog);
    complete = true;
  } catch (error) {
    if (!options.abort.aborted || error instanceof DrainCheckError) throw error;
    throw new DrainCheckError(
      'interrupted',
      'The run was interrupted; what it had started has been ended.',
      'There is no verdict.',
      { cause: error },
    );
  } finally {
    recorder.record(NO_LIFE, { type: 'run-ended', complete });
    watchdog.close();
    await Promise.all([observer.close(), exitWatcher?.close()]);
    if (!complete) options.onFailure(recorder.recording());
  }
  return recorder.recording();
}

async function playScenarios(context: RunContext, watchdog: Watchdog): Promise<void> {
  let life = 0;
  for (const scenario of SCENARIOS) {
    if (!context.plan.scenarios.includes(scenario.id)) {
      context.recorder.record(NO_LIFE, {
        type: 'scenario-skipped',
        scenario: scenario.id,
        reason: 'it was left out by --only or --skip',
      });
      continue;
    }
    const begun = await beginLife(context, scenario.id, 'scenario', life++);
    const { playLife } = await import('./life.js');
    const outcomes = await playLife(context, scenario, begun);
    watchdog.forget();
    const { needsBaseline, playBaseline } = await import('./baseline.js');
    if (scenario.id === 'drain' && context.plan.slow.length > 0 && needsBaseline(outcomes)) {
      // Without a baseline the checks that need it say so; what was seen of the drain is not lost for it.
      const again = await beginLife(context, 'drain', 'baseline', life++);
      await playBaseline(context, again).catch((error: unknown) => {
        if (!(error instanceof DrainCheckError)) throw error;
      });
      watchdog.forget();
    }
  }
}
