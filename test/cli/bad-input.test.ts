import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fixture, flat, program, runCli, temporaryDirectory } from '../support/cli.js';

/** A port that is held by this test. */
async function heldPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** One paragraph, no stack. */
function expectParagraph(stderr: string): void {
  expect(stderr).toMatch(/^drain-check: /m);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
}

describe('a command that cannot be started', () => {
  it('is not found', async () => {
    const { code, stderr } = await runCli(['-q', './no-such-program']);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('./no-such-program was not found');
    expectParagraph(stderr);
  });

  it('is not found in the PATH, but lies here', async () => {
    const file = await program('server', '#!/bin/sh\n', 0o755);
    const { code, stderr } = await runCli(['-q', 'server'], { cwd: path.dirname(file) });
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('write ./server');
  });

  it('is not executable, and its interpreter is named', async () => {
    const file = await program('server.mjs', '');
    const { code, stderr } = await runCli(['-q', file]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('drain-check -- node');
  });

  it('is a directory', async () => {
    const { code, stderr } = await runCli(['-q', await temporaryDirectory()]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('is a directory');
  });

  it('has an interpreter that does not exist', async () => {
    const { code, stderr } = await runCli(['-q', await program('server', '#!/no/such/interpreter\n', 0o755)]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('what would run it is not');
  });
});

describe('a target that gives no verdict', () => {
  it('dies at once, and its last output is shown', async () => {
    const file = await program('dies.mjs', `console.error('the database is \\u001b[31mred'); process.exit(7);`);
    const { code, stderr } = await runCli(['-q', '--', process.execPath, file]);
    expect(code).toBe(3);
    expect(flat(stderr)).toContain('exited with code 7 before it listened');
    expect(flat(stderr)).toContain('the database is \\x1b[31mred');
    expectParagraph(stderr);
  });

  it('never listens', async () => {
    const file = await program('idles.mjs', 'setInterval(() => {}, 1000);');
    const { code, stderr } = await runCli(['-q', '--start-timeout', '400ms', '--', process.execPath, file]);
    expect(code).toBe(3);
    expect(flat(stderr)).toContain('no listening socket at all');
  });

  it('listens and is never ready', async () => {
    const file = await program(
      'unready.mjs',
      `import { createServer } from 'node:http';\ncreateServer((_, response) => response.writeHead(503).end('not yet')).listen(process.env.PORT);`,
    );
    const { code, stderr } = await runCli([
      '-q',
      '--start-timeout',
      '600ms',
      '--ready',
      '/ready',
      '--',
      process.execPath,
      file,
    ]);
    expect(code).toBe(3);
    expect(flat(stderr)).toContain('GET /ready answered 503');
  });

  it('finds its port taken', async () => {
    const port = await heldPort();
    const { code, stderr } = await runCli([
      '-q',
      '--port',
      String(port),
      '--',
      process.execPath,
      fixture('perfect-without-lame-duck'),
    ]);
    expect(code).toBe(3);
    expect(flat(stderr)).toContain(`Port ${port} is`);
    expect(flat(stderr)).toContain(`pid ${process.pid}`);
    expectParagraph(stderr);
  });

  it('listens somewhere that is not HTTP', async () => {
    const file = await program(
      'mute.mjs',
      `import { createServer } from 'node:net';\ncreateServer((socket) => socket.on('error', () => {}).end('220 mail\\r\\n')).listen(process.env.PORT);`,
    );
    const { code, stderr } = await runCli(['-q', '--start-timeout', '600ms', '--', process.execPath, file]);
    expect(code).toBe(3);
    expect(flat(stderr)).toContain('not HTTP');
  });
});

describe('wrong options', () => {
  it('are reported all at once, each with its value and remedy', async () => {
    const args = [
      '--grace-perod',
      '--settle',
      '5',
      '--profile',
      'kubernets',
      '--slow',
      'report',
      '--requests',
      'many',
      '--only',
      'drian',
      '--ignore',
      'fails-redyness',
      '--cwd',
      '/no/such/dir',
      './myapp',
    ];
    const { code, stdout, stderr } = await runCli(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    const text = flat(stderr);
    for (const part of [
      'did you mean --grace-period?',
      '--settle "5" is not a duration',
      'did you mean kubernetes?',
      '--slow "report" is not a path',
      '--requests "many" is not a whole number',
      'did you mean drain?',
      'did you mean fails-readiness?',
      '--cwd "/no/such/dir" does not exist',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain('8 options cannot be used');
  });

  it('are found in the environment too', async () => {
    const { code, stderr } = await runCli(['./myapp'], {
      env: { DRAIN_CHECK_GRACE_PERIOD: 'soon', DRAIN_CHECK_STRICT: 'perhaps' },
    });
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('DRAIN_CHECK_GRACE_PERIOD "soon"');
    expect(flat(stderr)).toContain('DRAIN_CHECK_STRICT "perhaps"');
  });

  it('include a missing command and a missing value', async () => {
    expect((await runCli([])).stderr).toContain('command is missing');
    expect((await runCli(['--port'])).stderr).toContain('--port needs a value');
  });

  it('include a report that cannot be written, before anything is started', async () => {
    const { code, stderr } = await runCli([
      '-q',
      '--report',
      'json=/no/such/dir/report.json',
      '--',
      process.execPath,
      fixture('perfect-without-lame-duck'),
    ]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('/no/such/dir/report.json cannot be written');
  });

  it('include a format that does not exist', async () => {
    const { code, stderr } = await runCli(['--report', 'yaml', './myapp']);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('--report "yaml" is not known');
  });
});

describe('a recording that cannot be judged', () => {
  const cases: [string, string, string][] = [
    ['that is not there', '', 'cannot be read'],
    ['that is not JSON', 'hello\n', 'is not JSON'],
    ['that is something else', '{"a":1}\n', 'does not begin with the header'],
    ['of a newer schema', '{"schemaVersion":99,"plan":{}}\n', 'has recording schema 99'],
    ['with a broken plan', '{"schemaVersion":1,"plan":{}}\n', 'the plan is not one'],
  ];
  it.each(cases)('%s', async (name, text, message) => {
    const file = path.join(await temporaryDirectory(), 'run.ndjson');
    if (name !== 'that is not there') await writeFile(file, text);
    const { code, stderr } = await runCli(['judge', file]);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain(message);
    expectParagraph(stderr);
  });

  it('and no recording at all', async () => {
    const { code, stderr } = await runCli(['judge']);
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('needs the recording to judge');
  });
});
