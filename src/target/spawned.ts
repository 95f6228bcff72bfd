import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { lstat, unlink } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertNotOurs, DrainCheckError } from '../errors.js';
import { redactText } from '../plan/redact.js';
import type { CommandTarget } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { checkExecutable, startsByItself } from './executable.js';
import { inheritedFileLimit } from './file-limit.js';
import { runInside } from './inside.js';
import { freePort } from './free-port.js';
import { markLimit, withLimits } from './limit-mark.js';
import { namespaceCommand } from './namespace.js';
import { OutputRing } from './output-ring.js';
import { captureOutput } from './output.js';
import { portHolders } from './processes/holders.js';
import { systemProcessTable } from './processes/index.js';
import type { ProcessTable } from './processes/table.js';
import { ProcessTracker } from './processes/tracker.js';
import type { ExitStatus, RunningTarget, StartOptions, Target } from './target.js';
import { TrackedProcess } from './tracked-process.js';
import type { Watchdog } from './watchdog.js';

/** The variable whose value marks the processes of one life. */
const MARKER_VARIABLE = 'DRAIN_CHECK_LIFE';
const NAMESPACE_TIMEOUT_MS = 5000;
const KILL_TIMEOUT_MS = 5000;

/** A command that we start ourselves, afresh for each life. */
export class SpawnedTarget implements Target {
  readonly kind = 'command';
  readonly name: string;
  readonly restarts = true;
  readonly stopSignal = null;
  readonly stranger = null;
  /** A life has begun before, so that what is left of one may be ours. */
  #begun = false;
  /** One for each life: what a life that failed half-way has left is ended from here. */
  readonly #trackers: ProcessTracker[] = [];

  constructor(
    private readonly plan: CommandTarget,
    private readonly watchdog: Watchdog,
  ) {
    this.name = redactText([plan.command, ...plan.args].join(' '));
  }

  /** All that could be wrong shows at the start, and the first of those comes at once. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async start(recorder: LifeRecorder, { pidNamespace, env: own, onOutput }: StartOptions): Promise<RunningTarget> {
    const env = { ...process.env, ...this.plan.env, ...own };
    const program = checkExecutable(this.plan.command, this.plan.cwd, env['PATH'] ?? '');
    const table = systemProcessTable();
    if (this.plan.port !== null) await refuseTakenPort(table, this.plan.port);
    if (this.plan.socketPath !== null && this.#begun) await removeStaleSocket(table, this.plan.socketPath);
    this.#begun = true;
    const port = this.plan.port ?? (await freePort());
    const marker = randomUUID();
    this.watchdog.mark(marker);

    const whole = [...(pidNamespace ? namespaceCommand() : []), this.plan.command, ...this.plan.args];
    const [file, args] = withLimits(whole, {
      cpuSeconds: process.platform === 'linux' && startsByItself(program) ? markLimit(marker) : null,
      openFiles: inheritedFileLimit(),
    });
    // PORT given by --env wins: the user may know better.
    const ownEnv = { ...env, PORT: this.plan.env['PORT'] ?? String(port) };
    // Nothing of what a library would add is wanted here, and it takes as long to load as a target to start.
    const child = begin(file, args, this.plan, { ...ownEnv, [MARKER_VARIABLE]: marker });
    const started = child.pid;
    if (started === undefined) throw spawnFailure(await failureOf(child), this.plan.command);
    child.on('error', () => undefined);
    const exited = new Promise<ExitStatus>((resolve) => {
      child.once('exit', (code: number | null, signal: NodeJS.Signals | null) => {
        resolve({ code, signal });
      });
    });
    const output = new OutputRing();
    captureOutput(child, output, recorder, onOutput);
    const tracker = new ProcessTracker(table, marker, (row) => this.watchdog.watch(row.pid, row.startedAt));
    this.#trackers.push(tracker);
    tracker.addChild(started);
    await tracker.scan(true);
    // In a namespace the target is the child of what makes it; that stays outside and takes no signal.
    const pid = pidNamespace ? await firstChild(tracker, started) : started;
    recorder.record({ type: 'process-spawned', pid, command: this.name, port });
    const destroy = async () => {
      await tracker.killAll(KILL_TIMEOUT_MS);
    };
    const place = { cwd: this.plan.cwd, env: ownEnv, namespacesOf: pidNamespace ? pid : null, watchdog: this.watchdog };
    const inside = (command: readonly string[]) => runInside(command, place);
    return new TrackedProcess({ pid, port, exited, table, tracker, output, inside, destroy });
  }

  async close(): Promise<void> {
    await Promise.all(this.#trackers.map((tracker) => tracker.killAll(KILL_TIMEOUT_MS)));
  }
}

/** Waits for the first child of a process, which is PID 1 of the namespace that the process has made. */
async function firstChild(tracker: ProcessTracker, parent: number): Promise<number> {
  for (const deadline = performance.now() + NAMESPACE_TIMEOUT_MS; performance.now() < deadline;) {
    const child = (await tracker.scan(false)).find((row) => row.ppid === parent);
    if (child !== undefined) return child.pid;
    await sleep(1);
  }
  throw new DrainCheckError(
    'no-namespaces',
    'The PID namespace for the target did not come to be.',
    'Leave it out with --no-as-pid1, and report what `unshare --pid --fork --mount-proc true` says.',
  );
}

/** A life that was killed could not remove its socket, and in a container the next would not find it. */
async function removeStaleSocket(table: ProcessTable, path: string): Promise<void> {
  if ((await table.unixListeners(path)) !== null) return;
  const left = await lstat(path).catch(() => null);
  if (left?.isSocket() === true) await unlink(path).catch(() => undefined);
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

/** @throws DrainCheckError `command-not-executable`, for some of the reasons; others come as an event */
function begin(file: string, args: readonly string[], { command, cwd }: CommandTarget, env: NodeJS.ProcessEnv) {
  try {
    return spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (cause) {
    throw spawnFailure(cause as NodeJS.ErrnoException, command);
  }
}

/** Why a process was not started, which is told a moment later. */
function failureOf(child: ChildProcess): Promise<NodeJS.ErrnoException> {
  return new Promise((resolve) => child.once('error', resolve));
}

/** @throws the cause itself, when it says nothing of the command: it was we who lacked something */
function spawnFailure(cause: NodeJS.ErrnoException, command: string): DrainCheckError {
  assertNotOurs(cause);
  const code = cause.code ?? 'unknown error';
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
