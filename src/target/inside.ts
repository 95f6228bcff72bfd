import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { redactText } from '../plan/redact.js';
import { HELPER_VARIABLE } from './stop-command.js';
import type { Watchdog } from './watchdog.js';

/** How much of what it printed is kept, from the end. Characters. */
const OUTPUT_LIMIT = 2000;

/** Where a command is run: as if in the container of the target. */
export interface Place {
  cwd: string;
  env: Record<string, string | undefined>;
  /** PID 1 of the namespaces to enter; null: the target has none of its own. */
  namespacesOf: number | null;
  watchdog: Watchdog;
}

/** How a command ended, or why it could not be run. */
export interface InsideResult {
  code: number | null;
  signal: string | null;
  /** The end of what it printed, redacted. */
  output: string;
}

/** A command that runs beside a target, in its environment. */
export interface InsideRun {
  /** Never rejects. */
  done: Promise<InsideResult>;
  /** Ends it with all that it has started. */
  kill: () => void;
}

/** Runs a command as the kubelet runs a hook or a probe: without a shell, in the environment of the target. */
export function runInside(command: readonly string[], { cwd, env, namespacesOf, watchdog }: Place): InsideRun {
  const [file = '', ...args] = namespacesOf === null ? command : [...enter(namespacesOf, cwd), ...command];
  const mark = randomUUID();
  watchdog.mark(mark);
  const child = spawn(file, args, {
    cwd,
    env: { ...env, [HELPER_VARIABLE]: mark },
    // A process group of its own, so that all of it can be ended.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-4 * OUTPUT_LIMIT));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const done = new Promise<InsideResult>((resolve) => {
    const finish = (code: number | null, signal: string | null) =>
      resolve({ code, signal, output: redactText(output).slice(-OUTPUT_LIMIT).trim() });
    child.once('error', ({ message }) => {
      output = message;
      finish(127, null);
    });
    // What it has left running may hold its pipes open: its own end is what counts.
    child.once('exit', (code, signal) => setImmediate(() => finish(code, signal)));
  }).finally(() => {
    watchdog.unmark(mark);
    child.stdout.destroy();
    child.stderr.destroy();
  });
  const kill = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of it has ended.
    }
  };
  return { done, kill };
}

/** The command that enters the namespaces which `namespaceCommand` has made. */
function enter(pid: number, cwd: string): string[] {
  // By its path: the target may have another PATH.
  const program = existsSync('/usr/bin/nsenter') ? '/usr/bin/nsenter' : 'nsenter';
  const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  return [program, '--target', String(pid), ...user, '--pid', '--mount', `--wd=${cwd}`, '--'];
}
