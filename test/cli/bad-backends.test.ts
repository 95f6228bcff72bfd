import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../src/target/free-port.js';
import { fixture, flat, program, runCli } from '../support/cli.js';

const SERVER = ['--', process.execPath, fixture('perfect-without-lame-duck')];
const JOB = ['--job', 'POST /tasks'];

/** A service that accepts jobs and gives them no names. */
const NAMELESS = `import { createServer } from 'node:http';
createServer((request, response) => {
  response.statusCode = request.url === '/tasks' ? 202 : request.url === '/' ? 200 : 404;
  response.end('{}');
}).listen(Number(process.env.PORT), '127.0.0.1');`;

describe('what is wrong with what stands behind a service is said at once', () => {
  it.each([
    [['--database', 'DATABASE_URL=postgres//u:s3cret@db/x'], /DATABASE_URL=\[redacted\].*is not a URL of one host/],
    [['--database', 'DATABASE_URL=mongodb://u:s3cret@db/x'], /begins with mongodb:/],
    [['--database', 'postgres://u:s3cret@db/x'], /does not begin with the name of a variable/],
    [['--database', 'NOT_SET_ANYWHERE'], /NOT_SET_ANYWHERE.*is not set/],
    [['--env', 'X=redis://:s3cret@a,b', '--database', 'X'], /is not a URL of one host|several hosts|no address/],
    [['--log-line', 'finished'], /does not have \{\{id\}\}/],
    [[...JOB], /needs to know how it shows that a job is done/],
    [[...JOB, '--job-done', 'done'], /does not have \{\{id\}\} in one place/],
    [[...JOB, '--job-done', 'log:{{id}}', '--job-id', 'own'], /needs \{\{uuid\}\}/],
    [[...JOB, '--job-done', 'log:{{id}}', '--job-id', 'id'], /is no place of an id/],
    [[...JOB, '--job-done', 'poll:/tasks done'], /does not have \{\{id\}\} in one place/],
    [['--job-done', 'log:{{id}}'], /belongs to accepted jobs/],
    [['--otlp-port', '0'], /is not a whole number/],
    [['--only', 'flushes-telemetry'], /is about telemetry/],
    [['--only', 'jobs'], /is about accepted jobs/],
    [[...JOB, '--job-done', 'log:{{id}}', '--http2'], /cannot be submitted over HTTP\/2.*leave out --http2/],
  ])('%j', async (options, message) => {
    const { code, stderr, stdout } = await runCli([...options, ...SERVER]);
    expect(code).toBe(2);
    expect(flat(stderr)).toMatch(message);
    expect(stderr + stdout).not.toContain('s3cret');
  });

  it('a database that is down, before anything is started', async () => {
    const url = `redis://:s3cret@127.0.0.1:${await freePort()}/0`;
    const { code, stderr } = await runCli(['-q', '--database', `REDIS_URL=${url}`, ...SERVER]);
    expect(code).toBe(3);
    expect(flat(stderr)).toMatch(/database of REDIS_URL cannot be reached at 127\.0\.0\.1:\d+ \(ECONNREFUSED\)/);
    expect(stderr).not.toContain('s3cret');
  });

  it('a port for telemetry that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await runCli(['-q', '--otlp-port', String(port), ...SERVER]);
    expect(code).toBe(3);
    expect(flat(stderr)).toMatch(/cannot be received on port \d+ \(EADDRINUSE\).*leave out --otlp-port/);
  });

  it('a service that accepts no job, or gives it no name, or tells nobody', async () => {
    const file = await program('nameless.mjs', NAMELESS);
    const run = (...options: string[]) => runCli(['-q', '--only', 'jobs', ...options, '--', process.execPath, file]);
    const unaccepted = await run('--job', 'POST /elsewhere', '--job-done', 'log:{{id}}');
    expect(unaccepted.code).toBe(3);
    expect(flat(unaccepted.stderr)).toMatch(/POST \/elsewhere answered 404, so no job was accepted/);
    const nameless = await run(...JOB, '--job-done', 'log:{{id}}');
    expect(nameless.code).toBe(3);
    expect(flat(nameless.stderr)).toMatch(/holds no id of the job at \/id/);
    const untold = await run(...JOB, '--job-done', 'websocket:/ws');
    expect(untold.code).toBe(2);
    expect(flat(untold.stderr)).toMatch(/\/ws takes no WebSocket/);
  });
});
