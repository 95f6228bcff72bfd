import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DrainCheckError } from '../errors.js';

const NAMES = ['yaml', 'yml', 'json', 'js', 'mjs', 'ts', 'mts'].map((extension) => `drain-check.config.${extension}`);
/** The key of package.json that may hold the configuration instead. */
export const PACKAGE_KEY = 'drain-check';

/**
 * The configuration file that is nearest: in the directory, or in one above it, up to the root of the repository.
 * @returns its path, or null when there is none
 * @throws DrainCheckError `usage` when one directory holds several
 */
export function findConfig(from: string): string | null {
  for (let directory = path.resolve(from); ; directory = path.dirname(directory)) {
    const found = configsIn(directory);
    if (found.length > 1)
      throw new DrainCheckError(
        'usage',
        `${directory} holds several configurations: ${found.map((file) => path.basename(file)).join(', ')}.`,
        'Keep one of them, or name it with --config <file>.',
      );
    const [file] = found;
    if (file !== undefined) return file;
    // What lies above a repository belongs to somebody else.
    if (existsSync(path.join(directory, '.git')) || path.dirname(directory) === directory) return null;
  }
}

/** The configurations of one directory. */
export function configsIn(directory: string): string[] {
  const files = NAMES.map((name) => path.join(directory, name)).filter(isFile);
  const manifest = path.join(directory, 'package.json');
  return isFile(manifest) && hasKey(manifest) ? [...files, manifest] : files;
}

function isFile(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}

/** A package.json that cannot be read is the affair of whoever needs it. */
function hasKey(file: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null && PACKAGE_KEY in value;
  } catch {
    return false;
  }
}
