import { DrainCheckError } from '../errors.js';
import type { Plan } from '../plan/types.js';
import type { RecordedEvent, Recording } from '../recording/events.js';
import { forLife, Recorder } from '../recording/recorder.js';
import { ExitWatcher } from '../target/exit-watcher.js';
import { filesToSpare } from '../target/open-files.js';
import { Watchdog } from '../target/watchdog.js';
import { Numbering } from '../traffic/numbering.js';
import type { Progress, RunContext } from './context.js';
import { Observer } from './observer.js';
import { assertBackends } from './life-backends.js';
import { readAuthorities } from './authorities.js';
import { NO_LIFE, playScenarios } from './scenarios.js';

export interface PlayOptions {
  tool: { name: string; version: string };
  abort: AbortSignal;
  onProgress: (progress: Progress) => void;
  /** Asks whether something that we did not start may be ended. */
  mayEnd: (what: string) => Promise<boolean>;
  onEvent: (event: RecordedEvent) => void;
  /** Called with what was recorded so far when the run fails, before the error is thrown on. */
  onFailure: (recording: Recording) => void;
}

/** An ordinary run opens about thirty beside those that Node has open when it has come up. */
const LEAST_FILES = 40;

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
  // What may fail before anything is started comes first.
  assertOwnFiles();
  if (plan.load !== null) (await import('./crowd-limits.js')).assertOwnLimit(plan.load);
  const { tls: tlsPlan } = plan.target;
  const tls = tlsPlan === null ? null : { ca: await readAuthorities(tlsPlan.ca), servername: tlsPlan.servername };
  const recorder = new Recorder(plan, options.tool);
  recorder.onEvent(options.onEvent);
  const watchdog = new Watchdog();
  const exitWatcher = ExitWatcher.start(recorder.clock);
  // What starts a target is loaded while the watchdog comes up, so that the two do not disturb the target's own start.
  const { createTarget } = await import('./create-target.js');
  // One life that fails ends those beside it.
  const failed = new AbortController();
  const observer = new Observer(recorder, (error) => failed.abort(error));
  const context: RunContext = {
    plan,
    target: await createTarget(plan, watchdog),
    watchdog,
    tls,
    recorder,
    observer,
    exitWatcher,
    numbering: new Numbering(0),
    lives: new Numbering(0),
    known: {
      origin: null,
      survey: null,
      work: null,
      readyAfterMs: null,
      takesPort: false,
      jobMs: null,
      exits: new Map(),
    },
    abort: AbortSignal.any([options.abort, failed.signal]),
    onProgress: options.onProgress,
  };
  let complete = false;
  try {
    await assertBackends(plan, forLife(recorder, NO_LIFE));
    await context.target.prepare();
    await consent(context, options);
    await playScenarios(context, (reason) => failed.abort(reason));
    complete = true;
  } catch (error) {
    if (error instanceof DrainCheckError) throw error;
    // What was under way tells only that it was cut off.
    if (!options.abort.aborted) throw failed.signal.aborted ? failed.signal.reason : error;
    throw new DrainCheckError(
      'interrupted',
      'The run was interrupted; what it had started has been ended.',
      'There is no verdict.',
      { cause: error },
    );
  } finally {
    // Lives end their own; one that failed before it could is ended here.
    if (!complete) await context.target.close();
    recorder.record(NO_LIFE, { type: 'run-ended', complete });
    watchdog.close();
    await Promise.all([observer.close(), exitWatcher?.close()]);
    if (!complete) options.onFailure(recorder.recording());
  }
  return recorder.recording();
}

/**
 * A run that cannot open a file when it needs one sees less than there is.
 * @throws DrainCheckError `cannot-verify` when this process may open too few
 */
function assertOwnFiles(): void {
  const own = filesToSpare('self');
  if (own === null || own.spare >= LEAST_FILES) return;
  throw new DrainCheckError(
    'cannot-verify',
    `This process may have ${own.limit} files open (RLIMIT_NOFILE), too few to see what a target does.`,
    'There is no verdict. Raise the limit with `ulimit -n 1024`, and run it again.',
  );
}

/** @throws DrainCheckError `not-to-be-ended` when nobody has agreed to the end of what somebody else started */
async function consent({ target }: RunContext, { mayEnd }: PlayOptions): Promise<void> {
  const { stranger } = target;
  if (stranger === null || (await mayEnd(stranger))) return;
  throw new DrainCheckError(
    'not-to-be-ended',
    `drain-check did not start ${stranger}, and would end it.`,
    'Give --yes if that is what you want; on a terminal you are asked.',
  );
}
