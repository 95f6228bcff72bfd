import { randomUUID } from 'node:crypto';
import { execa } from 'execa';
import { DrainCheckError } from '../errors.js';
import { redactText } from '../plan/redact.js';
import type { CommandTarget } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { checkExecutable } from './executable.js';
import { inheritedFileLimit } from './file-limit.js';
import { freePort } from './free-port.js';
import { OutputRing } from './output-ring.js';
import { captureOutput } from './output.js';
import { portHolders } from './processes/holders.js';
import { systemProcessTable } from './processes/index.js';
import type { ProcessTable } from './processes/table.js';
import { ProcessTracker } from './processes/tracker.js';
import { SpawnedProcess } from './spawned-process.js';
import type { ExitStatus, RunningTarget, Target } from './target.js';
import type { Watchdog } from './watchdog.js';

/** The variable whose value marks the processes of one life. */
const MARKER_VARIABLE = 'DRAIN_CHECK_LIFE';

/** A command that we start ourselves, afresh for each life. */
export class SpawnedTarget implements Target {
  readonly kind = 'command';
  readonly name: string;

  constructor(
    private readonly plan: CommandTarget,
    private readonly watchdog: Watchdog,
  ) {
    this.name = redactText([plan.command, ...plan.args].join(' '));
  }

  async start(recorder: LifeRecorder): Promise<RunningTarget> {
    const env = { ...process.env, ...this.plan.env };
    checkExecutable(this.plan.command, this.plan.cwd, env['PATH'] ?? '');
    const table = systemProcessTable();
    if (this.plan.port !== null) await refuseTakenPort(table, this.plan.port);
    const port = this.plan.port ?? (await freePort());
    const marker = randomUUID();
    this.watchdog.mark(marker);

    const [file, args] = withFileLimit(this.plan.command, this.plan.args, inheritedFileLimit());
    const child = execa(file, args, {
      cwd: this.plan.cwd,
      // PORT given by --env wins: the user may know better.
      env: { ...env, PORT: this.plan.env['PORT'] ?? String(port), [MARKER_VARIABLE]: marker },
      extendEnv: false,
      detached: true,
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      buffer: false,
      reject: false,
      cleanup: false,
      forceKillAfterDelay: false,
    });
    const pid = child.pid;
    if (pid === undefined) throw await spawnFailure(child, this.plan.command);
    recorder.record({ type: 'process-spawned', pid, command: this.name, port });

    const output = new OutputRing();
    captureOutput(child, output, recorder);
    const tracker = new ProcessTracker(table, marker, (row) => this.watchdog.watch(row.pid, row.startedAt));
    await tracker.scan(true);
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (code: number | null, signal: NodeJS.Signals | null) => {
        resolve({ code, signal });
      });
    });
    return new SpawnedProcess({
      pid,
      port,
      exited,
      table,
      tracker,
      output,
    });
  }
}

/** Whatever answered on a taken port would be somebody else. */
async function refuseTakenPort(table: ProcessTable, port: number): Promise<void> {
  const holders = await portHolders(table, port);
  if (holders === null) return;
  const who =
    holders.length === 0
      ? 'another process that cannot be seen'
      : holders.map((holder) => `pid ${holder.pid} (${holder.command})`).join(', ');
  throw new DrainCheckError(
    'port-taken',
    `Port ${port} is held by ${who}, so the target cannot have it.`,
    'Stop that process, or give another port with --port.',
  );
}

/** A shell that sets the limit and then becomes the program: the pid stays the same. */
function withFileLimit(command: string, args: readonly string[], limit: number | null): [string, string[]] {
  if (limit === null) return [command, [...args]];
  return ['/bin/sh', ['-c', 'ulimit -S -n "$0"; exec "$@"', String(limit), command, ...args]];
}

async function spawnFailure(child: PromiseLike<{ cause?: unknown }>, command: string): Promise<DrainCheckError> {
  const { cause } = await child;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error';
  if (code === 'ENOEXEC') {
    return new DrainCheckError(
      'command-not-executable',
      `${command} is not a program that this system can run.`,
      'A script needs a first line such as #!/usr/bin/env node; or name its interpreter.',
      { cause },
    );
  }
  if (code === 'ENOENT') {
    return new DrainCheckError(
      'command-not-executable',
      `${command} is there, but what would run it is not.`,
      'Its first line (#!…) names an interpreter that does not exist on this machine.',
      { cause },
    );
  }
  return new DrainCheckError(
    'command-not-executable',
    `${command} could not be started (${code}).`,
    'Start it by hand in the same directory to see why.',
    { cause },
  );
}
