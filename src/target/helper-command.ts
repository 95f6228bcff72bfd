import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { redactText } from '../plan/redact.js';
import { HELPER_VARIABLE, shellCommand } from './stop-command.js';
import type { Watchdog } from './watchdog.js';

/** How much of what it printed is kept, from the end. Characters. */
const OUTPUT_LIMIT = 2000;

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
  const [program = '', ...args] = shellCommand(command);
  const mark = randomUUID();
  // Before it is started: from its first moment on it is ended with us.
  watchdog.mark(mark);
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env, [HELPER_VARIABLE]: mark },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-16 * OUTPUT_LIMIT);
    });
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended just now.
    }
  };
  const timer = setTimeout(end, timeoutMs);
  abort.addEventListener('abort', end, { once: true });
  const code = await new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(127));
    // What it leaves running may keep the pipes open for ever.
    child.once('exit', (status) => setTimeout(() => resolve(status), 10));
  });
  clearTimeout(timer);
  abort.removeEventListener('abort', end);
  child.stdout.destroy();
  child.stderr.destroy();
  watchdog.unmark(mark);
  return { code, output: redactText(output).slice(-OUTPUT_LIMIT) };
}
