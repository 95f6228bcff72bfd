import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
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
 * @returns the file it names
 * @throws DrainCheckError `command-not-found` or `command-not-executable`
 */
export function checkExecutable(command: string, cwd: string, searchPath: string): string {
  const candidates = command.includes('/')
    ? [path.resolve(cwd, command)]
    : searchPath.split(path.delimiter).map((directory) => path.resolve(cwd, directory, command));
  const found = candidates.filter(exists);
  const program = found.find(isExecutableFile);
  if (program !== undefined) return program;
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

/**
 * Whether the kernel starts the file without help: a program for this machine, or a script whose interpreter is there. A
 * shell in between would take anything else for a script of its own, and hide why it cannot be started.
 * @see execve(2), elf(5)
 */
export function startsByItself(file: string): boolean {
  const head = beginningOf(file);
  if (head.subarray(0, 2).toString('latin1') === '#!') {
    const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(head.toString('latin1'))?.[1];
    return interpreter !== undefined && isExecutableFile(interpreter);
  }
  const own = beginningOf(process.execPath);
  // The magic number and the word size, and the machine.
  return sameBytes(head, own, 0, 5) && sameBytes(head, own, 18, 20);
}

function beginningOf(file: string): Buffer {
  const head = Buffer.alloc(256);
  try {
    const opened = openSync(file, 'r');
    try {
      return head.subarray(0, readSync(opened, head, 0, head.length, 0));
    } finally {
      closeSync(opened);
    }
  } catch {
    // A program may be executed that may not be read.
    return head.subarray(0, 0);
  }
}

function sameBytes(one: Buffer, other: Buffer, from: number, to: number): boolean {
  return one.length >= to && one.subarray(from, to).equals(other.subarray(from, to));
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
