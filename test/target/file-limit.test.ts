import { execFile } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { inheritedFileLimit } from '../../src/target/file-limit.js';

const run = promisify(execFile);

/** The module by itself, as it was built, in a program that prints what it finds. */
const PROGRAM = `import { inheritedFileLimit } from '${new URL('../../dist/target/file-limit.js', import.meta.url).href}';
console.log(inheritedFileLimit());`;

/**
 * What the program finds under a shell with a limit, with other commands between the two. The runner of the tests is a
 * Node itself, so the shell first waits until it is nobody's child any more.
 */
async function under(limit: string, ...between: string[]): Promise<string> {
  const orphan = `( while kill -0 $$ 2>/dev/null; do sleep 0.01; done; ulimit -S -n ${limit}; "$@"; exit $? ) &`;
  const program = [process.execPath, '--input-type=module', '-e', PROGRAM];
  return (await run('/bin/sh', ['-c', orphan, 'sh', ...between, ...program])).stdout.trim();
}

/** Whether the runner of the tests can be left: not in a container whose first process is a Node. */
function canLeaveNode(): boolean {
  try {
    return !path.basename(readlinkSync('/proc/1/exe')).startsWith('node');
  } catch {
    return true;
  }
}

describe.runIf(existsSync('/proc/self/limits') && canLeaveNode())('inheritedFileLimit', () => {
  it('is the limit of the shell, which Node has raised for itself', async () => expect(await under('200')).toBe('200'));

  it('is seen past a Node in between, as npx puts one there', async () => {
    const passOn = `require('node:child_process').spawnSync(process.argv[1], process.argv.slice(2), { stdio: 'inherit' })`;
    expect(await under('201', process.execPath, '-e', passOn)).toBe('201');
    expect(await under('202', process.execPath, '-e', passOn, '/bin/sh', '-c', '"$@"; exit $?', 'sh')).toBe('202');
  });

  it('is null where there is nothing to restore', async () => expect(await under('$(ulimit -H -n)')).toBe('null'));
});

it('never asks for more than there is', () => {
  const limit = inheritedFileLimit();
  expect(limit === null || (Number.isInteger(limit) && limit > 0)).toBe(true);
});
