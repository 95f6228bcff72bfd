import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { redactText } from '../plan/redact.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { Watchdog } from './watchdog.js';

/** How much of what it printed is kept, from the end. Characters. */
const OUTPUT_LIMIT = 2000;
/** Marks helpers of ours while they run, so that the watchdog finds them and what they have started. */
export const HELPER_VARIABLE = 'DRAIN_CHECK_HELPER';
/** Read before secrets are hidden, so that none is cut in two. Bytes. */
const READ_LIMIT = 64 * 1024;

/** How a stop command ended. */
export interface StopResult {
  code: number | null;
  signal: string | null;
  /** The end of what it printed, redacted. */
  output: string;
}

/** What the shell is to be given a command as. */
export function shellCommand(command: string): string[] {
  return ['/bin/sh', '-c', command];
}

/**
 * A command that stops a target, while it runs. What it prints goes to a file rather than to a pipe of ours: it may start
 * the next instance of the service, which inherits it and must not meet a broken pipe when we are gone.
 */
export class StopCommand {
  private constructor(
    private readonly child: ChildProcess,
    readonly done: Promise<StopResult>,
  ) {}

  /** Starts it and records its beginning and its end. */
  static async start(
    command: readonly string[],
    cwd: string,
    recorder: LifeRecorder,
    watchdog: Watchdog,
  ): Promise<StopCommand> {
    const directory = await mkdtemp(path.join(tmpdir(), 'drain-check-stop-'));
    const file = path.join(directory, 'output');
    const descriptor = openSync(file, 'w');
    const [program = '', ...args] = command;
    // Before it is started: from its first moment on it is ended with us.
    const mark = randomUUID();
    watchdog.mark(mark);
    // The time before it: what it sets off must not seem to have come first.
    const at = recorder.clock.now();
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, [HELPER_VARIABLE]: mark },
      detached: true,
      stdio: ['ignore', descriptor, descriptor],
    });
    const ended = new Promise<Pick<StopResult, 'code' | 'signal'>>((resolve) => {
      child.once('error', () => resolve({ code: 127, signal: null }));
      child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    // What it leaves running is not ours, and may be the next instance of the service.
    void ended.then(() => watchdog.unmark(mark));
    recorder.record({ type: 'stop-begun', by: 'command', command: redactText(shown(command)) }, at);
    closeSync(descriptor);
    const done = ended.then(async (how): Promise<StopResult> => {
      const text = await readEnd(file).catch(() => '');
      await rm(directory, { recursive: true, force: true });
      const result = { ...how, output: redactText(text).slice(-OUTPUT_LIMIT) };
      recorder.record({ type: 'stop-ended', ...result });
      return result;
    });
    return new StopCommand(child, done);
  }

  /** Ends it, with all that it has started in its process group; when it has ended by itself nothing is touched. */
  async abandon(): Promise<void> {
    const { pid, exitCode, signalCode } = this.child;
    if (pid !== undefined && exitCode === null && signalCode === null) {
      try {
        process.kill(-pid, 'SIGKILL');
      } catch {
        // It ended just now.
      }
    }
    await this.done;
  }
}

/** The end of a file that may be of any length. */
async function readEnd(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const buffer = Buffer.alloc(Math.min(size, READ_LIMIT));
    await handle.read(buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8');
  } finally {
    await handle.close();
  }
}

/** As a person gave it: without the shell around it. */
function shown(command: readonly string[]): string {
  const [file, flag, text] = command;
  return file === '/bin/sh' && flag === '-c' && text !== undefined ? text : command.join(' ');
}
