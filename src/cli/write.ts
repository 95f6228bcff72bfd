import { randomUUID } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DrainCheckError } from '../errors.js';

/**
 * Writes a file whole or not at all.
 * @throws DrainCheckError `output-unwritable`
 */
export async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${randomUUID()}.tmp`);
  try {
    const existing = statSync(file, { throwIfNoEntry: false });
    // Devices and pipes (/dev/stdout, process substitution) cannot be renamed over.
    if (existing !== undefined && !existing.isFile()) {
      await writeFile(file, text);
      return;
    }
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(file, cause);
  }
}

/**
 * Makes sure before a run that its results can be written after it.
 * @throws DrainCheckError `output-unwritable`
 */
export function checkWritable(file: string): void {
  try {
    const existing = statSync(file, { throwIfNoEntry: false });
    if (existing?.isDirectory() === true) throw Object.assign(new Error('it is a directory'), { code: 'EISDIR' });
    accessSync(existing === undefined ? path.dirname(file) : file, constants.W_OK);
  } catch (cause) {
    throw unwritable(file, cause);
  }
}

const NO_ROOM = ['ENOSPC', 'EDQUOT', 'EFBIG'];

function unwritable(file: string, cause: unknown): DrainCheckError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new DrainCheckError(
    'output-unwritable',
    `${file} cannot be written (${code}).`,
    NO_ROOM.includes(code)
      ? 'Make room on that disk, or give a path on another.'
      : 'Give a path in a directory that exists and that you may write to.',
    { cause },
  );
}

/**
 * What is written after a run. What cannot be written takes nothing else with it: it is told of when all the rest has been
 * written.
 */
export class Outputs {
  readonly #lost: Error[] = [];

  /** Does it, and keeps the error for later. */
  async attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
    } catch (error) {
      this.#lost.push(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /**
   * To be called at the end.
   * @throws DrainCheckError `output-lost`, for the first that could not be written; what was no such error as it is
   */
  settle(): void {
    const [first, ...others] = this.#lost;
    if (first === undefined) return;
    const error = this.#lost.find((one) => !(one instanceof DrainCheckError)) ?? first;
    if (!(error instanceof DrainCheckError)) throw error;
    const more = others.length === 0 ? '' : ` ${others.length} more could not be written either.`;
    throw new DrainCheckError('output-lost', `${error.message}${more}`, error.hint, { cause: error });
  }
}

/** Writes to a stream and waits until it is taken; a reader that has gone away is no error. */
export function writeStream(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    const ended = () => resolve();
    stream.once('error', ended);
    stream.write(text, (error) => {
      // What failed is told of once more, as an event.
      if (!error) stream.off('error', ended);
      resolve();
    });
  });
}
