import { fstatSync, type Stats } from 'node:fs';
import path from 'node:path';
import { DrainCheckError } from '../../errors.js';
import type { OutputChoices } from '../../plan/resolve.js';
import type { Plan } from '../../plan/types.js';
import { escapeControls } from '../../report/escape.js';
import { describeError } from '../failure.js';
import { styleOf, type Streams } from '../streams.js';
import { writeStream } from '../write.js';
import { runPlan } from './run.js';

/** An editor that saves writes several times; a build writes many files. */
const SETTLE_MS = 200;
const NEVER = /(^|[\\/])(node_modules|\.git|\.hg|\.svn)([\\/]|$)/;

/**
 * Plays a plan, and again whenever a file in the target's directory has changed, until it is aborted. A run that is under
 * way when that happens is given up, with everything it had started.
 * @throws DrainCheckError `interrupted`, when it is aborted
 */
export async function watchPlan(
  plan: Plan,
  output: OutputChoices,
  streams: Streams,
  abort: AbortSignal,
): Promise<never> {
  const { watch } = await import('chokidar');
  const directory = plan.target.cwd;
  const own = ownFiles(output);
  const streamFiles = [1, 2].map(fileOf);
  const watcher = watch(directory, {
    ignored: (file, stats) =>
      NEVER.test(path.relative(directory, file)) ||
      (stats !== undefined && streamFiles.includes(identity(stats))) ||
      own.some((one) => isWithin(file, one)),
    ignoreInitial: true,
    awaitWriteFinish: { stabilityThreshold: SETTLE_MS, pollInterval: 50 },
  });
  const changes = new Changes((file) =>
    streams.err.write(`${escapeControls(file)} changes whenever the target runs, and is not taken for a change.\n`),
  );
  watcher.on('all', (_event, file) => changes.add(path.relative(directory, file)));
  // A directory that cannot be watched to the last file is watched as far as it can be.
  watcher.on('error', (error) => streams.err.write(`drain-check: ${escapeControls(String(error))}\n`));
  abort.addEventListener('abort', () => changes.end(), { once: true });
  try {
    await new Promise<void>((resolve) => watcher.once('ready', () => resolve()));
    for (;;) {
      changes.running = true;
      await runOnce(plan, output, streams, AbortSignal.any([abort, changes.signal]), abort);
      changes.running = false;
      if (!abort.aborted && !changes.seen) await writeStream(streams.err, 'Waiting for a change; Ctrl-C ends this.\n');
      const changed = await changes.next();
      if (abort.aborted)
        throw new DrainCheckError('interrupted', 'Watching was interrupted.', 'Nothing that was started is left.');
      await writeStream(streams.err, `\n${escapeControls(changed)} has changed.\n\n`);
    }
  } finally {
    await watcher.close();
  }
}

/** One run. That there is no verdict is said, and is no reason to stop: the next change may mend it. */
async function runOnce(
  plan: Plan,
  output: OutputChoices,
  streams: Streams,
  either: AbortSignal,
  abort: AbortSignal,
): Promise<void> {
  try {
    await runPlan(plan, output, streams, either);
  } catch (error) {
    if (abort.aborted || !(error instanceof DrainCheckError)) throw error;
    if (error.code !== 'interrupted')
      await writeStream(streams.err, describeError(error, styleOf(streams, 'err', output.color), output.verbose));
  }
}

/**
 * The first file that changed since the last run began, and a signal that gives that run up. A file that changes in the
 * midst of two runs that follow each other is written by the target itself, and would have it played for ever.
 */
class Changes {
  running = false;
  #first: string | null = null;
  #duringLast: string | null = null;
  readonly #own = new Set<string>();
  #controller = new AbortController();

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get seen(): boolean {
    return this.#first !== null;
  }

  constructor(private readonly onOwn: (file: string) => void) {}

  add(file: string): void {
    if (this.#own.has(file) || this.#first !== null) return;
    if (this.running && file === this.#duringLast) {
      this.#own.add(file);
      this.onOwn(file);
      return;
    }
    this.#duringLast = this.running ? file : null;
    this.#first = file;
    this.#controller.abort();
  }

  end(): void {
    this.#controller.abort();
  }

  /** Waits for a change, and begins anew. */
  async next(): Promise<string> {
    const { signal } = this;
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    const first = this.#first ?? '';
    this.#first = null;
    this.#controller = new AbortController();
    return first;
  }
}

/** What we write ourselves must not set us off again. */
function ownFiles({ reports, record, keep }: OutputChoices): string[] {
  const files = [...reports.map((report) => report.path), record, keep].filter((file) => file !== null);
  return files.map((file) => path.resolve(file));
}

/** Which file one of our own streams goes to, when it is one: `node … > log` in the watched directory. */
function fileOf(fd: number): string | null {
  try {
    const stats = fstatSync(fd);
    return stats.isFile() ? identity(stats) : null;
  } catch {
    return null;
  }
}

function identity({ dev, ino }: Stats): string {
  return `${dev}:${ino}`;
}

function isWithin(file: string, own: string): boolean {
  return file === own || file.startsWith(`${own}${path.sep}`) || path.basename(file).endsWith('.tmp');
}
