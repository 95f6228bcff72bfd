import { randomUUID } from 'node:crypto';
import { execa } from 'execa';
import { DrainCheckError } from '../errors.js';
import { redactText } from '../plan/redact.js';
import type { ContainerTarget } from '../plan/types.js';
import { HELPER_VARIABLE } from './stop-command.js';

const ANSWER_TIMEOUT_MS = 30_000;
const END_TIMEOUT_MS = 2000;
/** The engine's own words can be a page of usage. Characters. */
const WORDS_LIMIT = 600;

const OPTIONS = {
  stdin: 'ignore',
  stdout: 'pipe',
  stderr: 'pipe',
  reject: false,
  // A Ctrl-C in the terminal is for us: what the engine is to do about it, we tell it.
  detached: true,
  cleanup: false,
} as const;

/** What the engine's program answered. */
export interface EngineAnswer {
  /** Its exit code; null when it was not there, was ended, or did not answer in time. */
  code: number | null;
  stdout: string;
  /** Its own words about what went wrong, bounded and without secrets. */
  words: string;
  /** The program could not be started at all. */
  missing: boolean;
}

/** A program of the engine's that goes on talking. */
export type EngineStream = ReturnType<typeof listen>;

/** The container engine, spoken to by its command line: what works in the user's shell works here. */
export class Engine {
  readonly #mark = randomUUID();

  constructor(
    readonly name: ContainerTarget['engine'],
    private readonly cwd: string,
    watchdog: { mark: (marker: string) => void },
  ) {
    watchdog.mark(this.#mark);
  }

  /** Has the engine do one thing and waits for it. Never rejects. */
  async ask(args: readonly string[], timeoutMs = ANSWER_TIMEOUT_MS): Promise<EngineAnswer> {
    const result = await execa(this.name, args, {
      ...OPTIONS,
      ...this.#surroundings(),
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    return {
      code: result.exitCode ?? null,
      stdout: result.stdout,
      words: result.timedOut ? `It did not answer within ${timeoutMs / 1000} s.` : wordsOf(result.stderr),
      missing: result.code === 'ENOENT' || result.code === 'EACCES',
    };
  }

  /** Has the engine tell something until it is done, or until `endStream`. */
  stream(args: readonly string[]): EngineStream {
    return listen(this.name, args, this.#surroundings());
  }

  /**
   * Makes sure that the engine is there and answers.
   * @throws DrainCheckError `engine-failed`
   */
  async wake(): Promise<void> {
    const answer = await this.ask(['ps', '-q']);
    if (answer.missing) throw notInstalled(this.name);
    if (answer.code !== 0) {
      const start = this.name === 'docker' ? 'Start it' : 'See what `podman info` says';
      throw this.failure('cannot be used', answer, `${start}, or make sure that you may use it.`);
    }
  }

  /** The engine said no. */
  failure(what: string, answer: EngineAnswer, hint: string): DrainCheckError {
    const words = answer.words === '' ? `It ended with code ${answer.code ?? 'unknown'}.` : answer.words;
    return new DrainCheckError('engine-failed', `${title(this.name)} ${what}: ${words}`, hint);
  }

  #surroundings(): { cwd: string; env: Record<string, string> } {
    return { cwd: this.cwd, env: { [HELPER_VARIABLE]: this.#mark } };
  }
}

function listen(name: string, args: readonly string[], surroundings: { cwd: string; env: Record<string, string> }) {
  return execa(name, args, { ...OPTIONS, ...surroundings, buffer: false, forceKillAfterDelay: END_TIMEOUT_MS });
}

/** Ends a program of the engine's that goes on talking, and waits until it is gone. Bounded. */
export async function endStream(stream: EngineStream): Promise<void> {
  stream.kill('SIGTERM');
  await stream;
}

function notInstalled(name: ContainerTarget['engine']): DrainCheckError {
  const other = name === 'docker' ? 'podman' : 'docker';
  return new DrainCheckError(
    'engine-failed',
    `The program ${name} was not found in the PATH.`,
    `Install it, or use another engine with --engine ${other}.`,
  );
}

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** What it says, without where to look for help. */
export function wordsOf(stderr: string): string {
  const text = redactText(stderr)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(Run|See) '.*--help'/.test(line))
    .join(' ')
    .replace(/^(docker: )?Error(?: response from daemon)?: /, '');
  return text.length > WORDS_LIMIT ? `${text.slice(0, WORDS_LIMIT)}…` : text;
}
