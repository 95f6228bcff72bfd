import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** One that dies more often than this is not let live. */
const MOST_DEATHS = 3;

/**
 * A detached process that holds the other end of a pipe and ends what we started when the pipe breaks: the only way
 * to leave nothing behind when we ourselves are killed with SIGKILL.
 */
export class Watchdog {
  #process: ChildProcess;
  /** All that it was told since it was to forget, for the next one if it dies. */
  #told: string[] = [];
  #deaths = 0;
  #closed = false;

  constructor() {
    this.#process = this.#start();
  }

  #start(): ChildProcess {
    const script = fileURLToPath(new URL('./watchdog-process.js', import.meta.url));
    const child = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
    // It must never keep us alive, and a watchdog that died early must not take the run down with it.
    child.unref();
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    (child.stdin as { unref?: () => void }).unref?.();
    // A target may look for it and end it.
    child.once('exit', () => {
      if (this.#closed || ++this.#deaths > MOST_DEATHS) return;
      this.#process = this.#start();
      for (const line of this.#told) this.#process.stdin?.write(line);
    });
    return child;
  }

  /** From now on, processes that carry this mark are to be killed. */
  mark(marker: string): void {
    this.#tell(`mark ${marker}`);
  }

  /** Processes that carry this mark are let alone again. */
  unmark(marker: string): void {
    this.#tell(`unmark ${marker}`);
    // A command may be run again and again; the next watchdog need not hear of what is over.
    this.#told = this.#told.filter((line) => !line.endsWith(`mark ${marker}\n`));
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
    this.#told = [];
    this.#tell('forget');
  }

  /** Lets it go; it finds an empty list and ends. */
  close(): void {
    this.#closed = true;
    this.forget();
    this.#process.stdin?.end();
  }

  #tell(line: string): void {
    this.#told.push(`${line}\n`);
    this.#process.stdin?.write(`${line}\n`);
  }
}
