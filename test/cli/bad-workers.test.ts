import { describe, expect, it } from 'vitest';
import { flat, program, runCli } from '../support/cli.js';

const WORKER = ['--worker', '--ready-log', 'ready'];
const SIGHTS = ['--job-started', 'started {{id}}', '--job-done', 'done {{id}}'];
const IDLE = `console.log('ready'); setInterval(() => undefined, 1000);`;

describe('what is wrong with what is said of a queue worker is said at once', () => {
  it.each([
    [['--worker'], /--worker needs to know when it is ready/],
    [['--ready-file', 'x'], /belongs to a queue worker; say that it is one with --worker/],
    [['--job-started', 'x {{id}}'], /belongs to a queue worker/],
    [[...WORKER, '--ready-file', 'x'], /stands beside --ready-log/],
    [[...WORKER, '--slow', '/x'], /--slow.*means nothing for a queue worker/],
    [[...WORKER, '--manifest', 'none.yaml'], /none\.yaml/],
    [[...WORKER, '--job', 'POST /x'], /--job.*means nothing for a queue worker/],
    [[...WORKER, '--job-started', 'started {{id}}'], /needs its other half.*--job-done/],
    [[...WORKER, ...SIGHTS.slice(0, 2), '--job-done', 'done'], /does not have \{\{id\}\} in one place/],
    [[...WORKER, ...SIGHTS.slice(0, 2), '--job-done', 'poll:/x/{{id}}'], /asks a listener, and a worker has none/],
    [[...WORKER, ...SIGHTS.slice(0, 2), '--job-done', 'redis:NOT_SET_HERE KEYS x'], /NOT_SET_HERE, which is not set/],
    [
      [...WORKER, '--env', 'Q=postgres://u:s3cret@h/x', ...SIGHTS.slice(0, 2), '--job-done', 'redis:Q KEYS x'],
      /the URL of another kind: redis: asks Redis/,
    ],
    [[...WORKER, '--only', 'idle'], /is about what comes over connections/],
    [['--only', 'takes-no-new-job'], /is about a queue worker; give --worker/],
    [['--worker', '--ready-log', '/(/'], /is not a regular expression/],
  ])('%j', async (options, message) => {
    const { code, stderr, stdout } = await runCli([...options, '--', process.execPath, '-e', IDLE]);
    expect(code).toBe(2);
    expect(flat(stderr)).toMatch(message);
    expect(stderr + stdout).not.toContain('s3cret');
  });

  it('a worker that never says that it is ready', async () => {
    const file = await program('worker.mjs', `setInterval(() => undefined, 1000);`);
    const options = ['-q', '--worker', '--ready-log', 'ready', '--start-timeout', '300ms'];
    const { code, stderr } = await runCli([...options, '--', process.execPath, file]);
    expect(code).toBe(3);
    expect(flat(stderr)).toMatch(/not ready within 300ms|not ready within 300 ms/);
  });

  it('a queue that is empty', async () => {
    const file = await program('worker.mjs', IDLE);
    const options = ['-q', ...WORKER, ...SIGHTS, '--start-timeout', '2s'];
    const { code, stderr } = await runCli([...options, '--', process.execPath, file]);
    expect(code).toBe(3);
    expect(flat(stderr)).toMatch(/No job was seen begun within 2 s/);
  });

  it('jobs that cannot be put into the queue, without the password that is printed', async () => {
    const file = await program('worker.mjs', IDLE);
    const options = ['-q', ...WORKER, ...SIGHTS, '--job-enqueue', 'echo db?password=s3cret >&2; exit 4'];
    const { code, stderr } = await runCli([...options, '--', process.execPath, file]);
    expect(code).toBe(3);
    expect(flat(stderr)).toMatch(/--job-enqueue failed with exit code 4/);
    expect(stderr).toContain('db?password=[redacted]');
    expect(stderr).not.toContain('s3cret');
  });

  it('a password that the target prints before it dies', async () => {
    const file = await program(
      'worker.mjs',
      `console.log('host=db password=s3cret postgres://u@h/x?password=s3cret'); process.exit(1);`,
    );
    const { code, stderr, stdout } = await runCli(['-q', ...WORKER, '--', process.execPath, file]);
    expect(code).toBe(3);
    expect(stderr + stdout).not.toContain('s3cret');
  });
});
