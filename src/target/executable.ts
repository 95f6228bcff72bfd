import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { DrainCheckError } from '../errors.js';

const INTERPRETERS: Record<string, string> = {
  '.js': 'node',
  '.mjs': 'node',
  '.cjs': 'node',
  '.ts': 'npx tsx',
  '.py': 'python3',
  '.rb': 'ruby',
  '.sh': 'sh',
  '.jar': 'java -jar',
  '.php': 'php',
};

/**
 * Makes sure that a command can be started, so that the message is ours and not an errno.
 * @throws DrainCheckError `command-not-found` or `command-not-executable`
 */
export function checkExecutable(command: string, cwd: string, searchPath: string): void {
  const candidates = command.includes('/')
    ? [path.resolve(cwd, command)]
    : searchPath.split(path.delimiter).map((directory) => path.resolve(cwd, directory, command));
  const found = candidates.filter(exists);
  if (found.some(isExecutableFile)) return;
  const file = found[0];
  if (file === undefined) throw notFound(command, cwd);
  if (statSync(file).isDirectory()) {
    throw new DrainCheckError(
      'command-not-executable',
      `${command} is a directory.`,
      'Name the program in it, or a command such as `drain-check -- npm start`.',
    );
  }
  const interpreter = INTERPRETERS[path.extname(command)];
  throw new DrainCheckError(
    'command-not-executable',
    `${command} is not executable.`,
    interpreter === undefined
      ? `Run \`chmod +x ${command}\`, or name its interpreter.`
      : `Name its interpreter: \`drain-check -- ${interpreter} ${command}\` (or \`chmod +x\` it).`,
  );
}

function notFound(command: string, cwd: string): DrainCheckError {
  const local =
    !command.includes('/') && exists(path.resolve(cwd, command))
      ? ` A file of that name is here: write ./${command}.`
      : '';
  const where = command.includes('/') ? `in ${cwd}` : 'in the PATH';
  return new DrainCheckError(
    'command-not-found',
    `The command ${command} was not found ${where}.`,
    `Check its name and the directory (--cwd).${local}`,
  );
}

function exists(file: string): boolean {
  // A name that is too long or leads in a circle is not there either.
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function isExecutableFile(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
