import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DrainCheckError } from '../errors.js';

/** One file of manifests. */
export interface Source {
  /** How it is called in findings: the path as it was given, `-` for standard input. */
  name: string;
  text: string;
}

/** More than the largest charts render to; what is above it is something else. Bytes. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_FILES = 1000;
const MANIFEST = /\.(ya?ml|json)$/i;

/**
 * Reads manifests: files, the manifests of directories (not of those below them, as kubectl does it), `-` for standard
 * input.
 * @param stdin reads standard input to its end
 * @throws DrainCheckError `manifest-unreadable`
 */
export async function readSources(
  given: readonly string[],
  cwd: string,
  stdin: (most: number) => Promise<string>,
): Promise<Source[]> {
  const sources: Source[] = [];
  let left = MOST_BYTES;
  for (const name of [...new Set(given)].flatMap((one) => filesOf(one, cwd))) {
    const text = name === '-' ? await stdin(left + 1) : readText(name, cwd, left);
    left -= Buffer.byteLength(text);
    if (left < 0) throw tooLarge();
    // Windows writes a byte order mark; YAML allows it.
    sources.push({ name, text: text.replace(/^\ufeff/, '') });
  }
  return sources;
}

function tooLarge(): DrainCheckError {
  return unreadable(
    `The manifests are larger than ${MOST_BYTES / 1024 / 1024} MiB in all.`,
    'Give the files of the workload alone.',
  );
}

function filesOf(name: string, cwd: string): string[] {
  if (name === '-') return [name];
  const full = path.resolve(cwd, name);
  try {
    const stat = statSync(full);
    if (!stat.isDirectory()) return [name];
    const files = readdirSync(full)
      .filter((file) => MANIFEST.test(file) && !file.startsWith('.'))
      .sort();
    if (files.length === 0)
      throw unreadable(`The directory ${name} holds no .yaml, .yml or .json.`, 'Give one that holds the manifests.');
    if (files.length > MOST_FILES)
      throw unreadable(`The directory ${name} holds ${files.length} manifests.`, 'Give those of the workload alone.');
    return files.map((file) => path.join(name, file));
  } catch (cause) {
    throw cause instanceof DrainCheckError ? cause : cannotRead(name, cause);
  }
}

function readText(name: string, cwd: string, most: number): string {
  const full = path.resolve(cwd, name);
  try {
    const stat = statSync(full);
    if (stat.isFile() && stat.size > most) throw tooLarge();
    return decode(readFileSync(full), name);
  } catch (cause) {
    throw cause instanceof DrainCheckError ? cause : cannotRead(name, cause);
  }
}

/**
 * Text of bytes that are to be UTF-8.
 * @throws DrainCheckError `manifest-unreadable`
 */
export function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(`${name === '-' ? 'Standard input' : name} is not text in UTF-8.`, 'Give a manifest.', cause);
  }
}

function cannotRead(name: string, cause: unknown): DrainCheckError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return unreadable(
    `The manifest ${name} cannot be read (${code}).`,
    'Give a file, a directory, or - for standard input with --manifest.',
    cause,
  );
}

/** The one way in which a manifest is refused: what is wrong, and what to do. */
export function unreadable(message: string, hint: string, cause?: unknown): DrainCheckError {
  return new DrainCheckError('manifest-unreadable', message, hint, { cause });
}
