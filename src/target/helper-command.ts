import { runInside } from './inside.js';
import { shellCommand } from './stop-command.js';
import type { Watchdog } from './watchdog.js';

/** Where a helper runs, and for how long it may. */
export interface HelperOptions {
  cwd: string;
  /** Variables set beside our own environment. */
  env: Readonly<Record<string, string>>;
  timeoutMs: number;
  abort: AbortSignal;
  watchdog: Watchdog;
}

/** How a helper ended; a null code: it was ended, by us when its time was over. */
export interface HelperResult {
  code: number | null;
  /** The end of what it printed, redacted. */
  output: string;
}

/** Runs a command of the user's beside the target, in the shell, and ends all of it when its time is over. */
export async function runHelper(command: string, options: HelperOptions): Promise<HelperResult> {
  const { cwd, env, timeoutMs, abort, watchdog } = options;
  const { done, kill } = runInside(shellCommand(command), {
    cwd,
    env: { ...process.env, ...env },
    namespacesOf: null,
    watchdog,
  });
  const timer = setTimeout(kill, timeoutMs);
  abort.addEventListener('abort', kill, { once: true });
  const { code, output } = await done;
  clearTimeout(timer);
  abort.removeEventListener('abort', kill);
  return { code, output };
}
