import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DrainCheckError } from '../../src/errors.js';
import { checkExecutable, startsByItself } from '../../src/target/executable.js';
import { temporaryDirectory } from '../support/cli.js';

/** A directory with a program, a script without the permission, and a directory. */
async function directory(): Promise<string> {
  const own = await temporaryDirectory();
  await writeFile(path.join(own, 'program'), '#!/bin/sh\n', { mode: 0o755 });
  for (const name of ['server.js', 'server.py', 'app.jar', 'notes', 'server'])
    await writeFile(path.join(own, name), '', { mode: 0o644 });
  await mkdir(path.join(own, 'bin'));
  await writeFile(path.join(own, 'bin', 'notes'), '#!/bin/sh\n', { mode: 0o755 });
  return own;
}

/** The error's code, message and hint in one line, or `ok`. */
function check(command: string, cwd: string, searchPath = '/usr/bin:/bin'): string {
  try {
    checkExecutable(command, cwd, searchPath);
    return 'ok';
  } catch (error) {
    if (!(error instanceof DrainCheckError)) throw error;
    return `${error.code}: ${error.message} ${error.hint}`;
  }
}

describe('checkExecutable', () => {
  it('finds a command in the PATH', async () => {
    const own = await directory();
    expect(check('sh', '/')).toBe('ok');
    expect(check('program', '/', `/no/such/dir:${own}`)).toBe('ok');
    expect(check('program', own, '')).toBe('ok');
    expect(check('notes', own, 'bin')).toBe('ok');
  });

  it('passes over what cannot be started for what can', async () => {
    const own = await directory();
    expect(check('notes', '/', `${own}:${own}/bin`)).toBe('ok');
    expect(check('bin', '/', `${own}:/no`)).toContain('is a directory');
  });

  it('finds a command by its path, from the target’s directory', async () => {
    const own = await directory();
    expect(check('./program', own)).toBe('ok');
    expect(check('bin/notes', own)).toBe('ok');
    expect(check(path.join(own, 'program'), '/')).toBe('ok');
    expect(check('./program', '/')).toBe(
      'command-not-found: The command ./program was not found in /. Check its name and the directory (--cwd).',
    );
  });

  it('follows links', async () => {
    const own = await directory();
    await symlink('program', path.join(own, 'link'));
    await symlink('nowhere', path.join(own, 'broken'));
    expect(check('./link', own)).toBe('ok');
    expect(check('./broken', own)).toContain('command-not-found');
  });

  it('says that a file of that name is here', async () => {
    const own = await directory();
    expect(check('server', own)).toBe(
      'command-not-found: The command server was not found in the PATH. Check its name and the directory (--cwd). A file of that name is here: write ./server.',
    );
    expect(check('nothing', own)).not.toContain('is here');
  });

  it('says what would run a script', async () => {
    const own = await directory();
    expect(check('./server.js', own)).toBe(
      'command-not-executable: ./server.js is not executable. Name its interpreter: `drain-check -- node ./server.js` (or `chmod +x` it).',
    );
    expect(check('./server.py', own)).toContain('drain-check -- python3 ./server.py');
    expect(check('./app.jar', own)).toContain('drain-check -- java -jar ./app.jar');
    expect(check('./notes', own)).toContain('Run `chmod +x ./notes`');
  });

  it('notices when the permission is given', async () => {
    const own = await directory();
    await chmod(path.join(own, 'notes'), 0o755);
    expect(check('./notes', own)).toBe('ok');
  });

  it('refuses a directory', async () =>
    expect(check('./bin', await directory())).toContain('command-not-executable: ./bin is a directory.'));
});

describe('startsByItself', () => {
  it('is so for programs of this machine and scripts whose interpreter is there', async () => {
    const own = await directory();
    const write = async (name: string, head: string | Buffer) => {
      await writeFile(path.join(own, name), head, { mode: 0o755 });
      return startsByItself(path.join(own, name));
    };
    expect(startsByItself(process.execPath)).toBe(true);
    expect(await write('a', '#!/bin/sh\n')).toBe(true);
    expect(await write('b', '#! /usr/bin/env node\n')).toBe(true);
    expect(await write('c', '#!/no/such/interpreter\n')).toBe(false);
    expect(await write('d', '#!\n')).toBe(false);
    expect(await write('e', 'echo no first line\n')).toBe(false);
    expect(await write('f', '')).toBe(false);
    // The word size of another machine.
    expect(await write('g', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 9, 1, 1, ...Array<number>(20).fill(0)]))).toBe(false);
    expect(startsByItself(path.join(own, 'nowhere'))).toBe(false);
    expect(startsByItself(own)).toBe(false);
  });
});
