import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * A detached process that holds the other end of a pipe and ends what we started when the pipe breaks: the only way
 * to leave nothing behind when we ourselves are killed with SIGKILL.
 */
export class Watchdog {
  readonly #process: ChildProcess;

  constructor() {
    const script = fileURLToPath(new URL('./watchdog-process.js', import.meta.url));
    this.#process = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // It must never keep us alive, and a watchdog that died early must not take the run down with it.
    this.#process.unref();
    this.#process.on('error', () => undefined);
    this.#process.stdin?.on('error', () => undefined);
    (this.#process.stdin as { unref?: () => void } | null)?.unref?.();
  }

  /** From now on, processes that carry this mark are to be killed. */
  mark(marker: string): void {
    this.#tell(`mark ${marker}`);
  }

  /** Processes that carry this mark are let alone again. */
  unmark(marker: string): void {
    this.#tell(`unmark ${marker}`);
  }

  /** From now on, this process is to be killed. */
  watch(pid: number, startedAt: string): void {
    this.#tell(`pid ${pid} ${startedAt}`);
  }

  /** From now on, containers that the engine runs for this life are to be removed, also one that is still to come. */
  container(engine: string, life: string): void {
    this.#tell(`container ${engine} ${life}`);
  }

  /** The container of this life is removed. */
  containerGone(life: string): void {
    this.#tell(`container-gone ${life}`);
  }

  /** Nothing is to be ended any more: what was watched is gone. */
  forget(): void {
    this.#tell('forget');
  }

  /** Lets it go; it finds an empty list and ends. */
  close(): void {
    this.forget();
    this.#process.stdin?.end();
  }

  #tell(line: string): void {
    this.#process.stdin?.write(`${line}\n`);
  }
}
