import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import { formatDuration } from '../plan/durations.js';
import { redactText } from '../plan/redact.js';
import type { TextPattern } from '../plan/types.js';
import type { WorkerPlan } from '../plan/worker.js';
import { runHelper } from '../target/helper-command.js';
import { pauseWhileAlive } from './alive.js';
import type { BegunLife } from './begin.js';
import type { RunContext } from './context.js';

const POLL_MS = 20;
/** A command costs a process each time. Milliseconds. */
const COMMAND_EVERY_MS = 100;
const COMMAND_TIMEOUT_MS = 10_000;
/** Clocks of file systems are coarser than ours. Milliseconds. */
const FILE_CLOCK_MS = 20;

/** Looks whether a queue worker is ready, from the beginning of its life on. */
export class WorkerReadiness {
  #ready = false;
  readonly #over = new AbortController();
  #lastWords = '';

  /** Begins to look. */
  constructor(
    private readonly context: RunContext,
    private readonly worker: WorkerPlan,
    private readonly begun: BegunLife,
  ) {
    const { ready } = worker;
    const { backends } = begun;
    if (ready.by === 'log') {
      const said = matcher(ready.text);
      backends.lines?.watch(
        {
          onLine: (line) => {
            if (said(line)) this.#isReady();
          },
        },
        true,
      );
    } else if (ready.by === 'file') void this.#lookForFile(ready.path);
    else if (ready.by === 'command') void this.#askCommand(ready.command);
  }

  get ready(): boolean {
    const { ledger } = this.begun.backends;
    return this.#ready || (this.worker.ready.by === 'job' && (ledger?.entries().length ?? 0) > 0);
  }

  /**
   * Waits until it is ready, and records that.
   * @throws DrainCheckError `target-died` or `target-not-ready`
   */
  async wait(): Promise<void> {
    const { context, begun, worker } = this;
    const { startTimeoutMs } = context.plan;
    const deadline = performance.now() + startTimeoutMs;
    while (!this.ready) {
      if (performance.now() > deadline)
        throw new DrainCheckError(
          'target-not-ready',
          await this.#whyNot(formatDuration(startTimeoutMs)),
          this.#hint(),
          {
            output: redactText(begun.running.lastOutput()),
          },
        );
      await pauseWhileAlive(begun.running, POLL_MS, context.abort, 'before it was ready');
    }
    begun.recorder.record({ type: 'worker-ready', by: worker.ready.by });
  }

  close(): void {
    this.#over.abort();
  }

  #isReady(): void {
    this.#ready = true;
    this.#over.abort();
  }

  /** A file that an earlier life has left says nothing of this one. */
  async #lookForFile(path: string): Promise<void> {
    const { recorder, startedAt } = this.begun;
    const bornAt = Date.now() - (recorder.clock.now() - startedAt) - FILE_CLOCK_MS;
    while (!this.#over.signal.aborted) {
      const found = await stat(path).catch(() => null);
      if (found !== null && found.mtimeMs >= bornAt) this.#isReady();
      else await sleep(POLL_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }

  async #askCommand(command: string): Promise<void> {
    const { watchdog, plan, abort } = this.context;
    const { cwd } = plan.target;
    const env = { ...(plan.target.kind === 'command' ? plan.target.env : {}), ...this.begun.backends.env };
    while (!this.#over.signal.aborted) {
      const ends = AbortSignal.any([abort, this.#over.signal]);
      const result = await runHelper(command, { cwd, env, timeoutMs: COMMAND_TIMEOUT_MS, abort: ends, watchdog });
      this.#lastWords = `${result.code === null ? 'did not end' : `ended with ${result.code}`}${result.output.trim() === '' ? '' : `: ${result.output.trim()}`}`;
      if (result.code === 0) this.#isReady();
      else await sleep(COMMAND_EVERY_MS, undefined, { signal: this.#over.signal }).catch(() => undefined);
    }
  }

  async #whyNot(within: string): Promise<string> {
    const { ready } = this.worker;
    switch (ready.by) {
      case 'log':
        return `The worker was not ready within ${within}: no line of its output matches --ready-log.`;
      case 'file': {
        const old = (await stat(ready.path).catch(() => null)) !== null;
        return `The worker was not ready within ${within}: ${ready.path} ${old ? 'is older than this life of it' : 'is not there'}.`;
      }
      case 'command':
        return `The worker was not ready within ${within}: --ready-command ${this.#lastWords}.`;
      case 'job':
        return `The worker began no job within ${within}, as far as --job-started and --job-done show.`;
    }
  }

  #hint(): string {
    return this.worker.ready.by === 'job'
      ? 'Put jobs into its queue, before the run or with --job-enqueue, and check the patterns. A program whose output is a pipe may hold lines back: flush them (python -u).'
      : 'Start it by hand to see how it shows that it is ready, or give it more time with --start-timeout. A program whose output is a pipe may hold lines back: flush them (python -u).';
  }
}

function matcher(pattern: TextPattern): (line: string) => boolean {
  if (pattern.kind === 'text') return (line) => line.includes(pattern.text);
  const regex = new RegExp(pattern.source, pattern.flags);
  return (line) => regex.test(line);
}
