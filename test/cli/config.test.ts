import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { configuredOptions } from '../../src/config/options.js';
import { configSchema } from '../../src/config/schema.js';
import { OPTIONS } from '../../src/plan/options.js';
import { DrainCheckError } from '../../src/errors.js';
import { fixture, flat, runCli, temporaryDirectory } from '../support/cli.js';

const published = JSON.parse(
  await readFile(new URL('../../schema/config.schema.json', import.meta.url), 'utf8'),
) as object;
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(published);

interface Printed {
  config: string | null;
  command: string[];
  commandFrom: string | null;
  options: { name: string; values: string[]; from: string }[];
  plan: { target: { cwd: string } };
}

async function files(contents: Record<string, string>): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [name, text] of Object.entries(contents)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), text);
  }
  return directory;
}

async function plan(cwd: string, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const result = await runCli(['print-plan', '--report', 'json', ...args], { cwd, env });
  const printed = result.code === 0 ? (JSON.parse(result.stdout) as Printed) : null;
  const option = (name: string) => printed?.options.find((one) => one.name === name);
  return { ...result, printed, option };
}

/** Each line doubles the one before it. */
const BOMB = Array.from({ length: 40 }, (_, i) =>
  i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`,
).join('\n');

const YAML = `command: [node, server.js]
grace-period: 10s
slow: [/a, /b]
env: { A: 1, SECRET: s3cret }
strict: true
`;

describe('a configuration file', () => {
  it('is found upwards, and is less than the environment, which is less than a flag', async () => {
    const directory = await files({ 'drain-check.config.yaml': YAML, 'sub/dir/x': '' });
    const { printed, option, stdout } = await plan(path.join(directory, 'sub/dir'), ['--requests', '7'], {
      DRAIN_CHECK_GRACE_PERIOD: '20s',
    });
    expect(printed).toMatchObject({ config: '../../drain-check.config.yaml', command: ['node', 'server.js'] });
    expect(printed?.commandFrom).toBe('../../drain-check.config.yaml:1:1');
    expect(option('requests')).toEqual({ name: 'requests', values: ['7'], from: '--requests' });
    expect(option('grace-period')).toMatchObject({ values: ['20s'], from: 'DRAIN_CHECK_GRACE_PERIOD' });
    expect(option('slow')).toMatchObject({ values: ['/a', '/b'], from: '../../drain-check.config.yaml:3:1' });
    expect(option('profile')).toMatchObject({ values: ['kubernetes'], from: 'default' });
    // A command of a file is meant from where the file is.
    expect(printed?.plan.target.cwd).toBe(directory);
    expect(option('env')?.values).toEqual(['A=[redacted]', 'SECRET=[redacted]']);
    expect(stdout).not.toContain('s3cret');
  });

  it.each([
    ['drain-check.config.json', '{"command":"node server.js","grace-period":"10s"}'],
    ['package.json', '{\n\t"name":"x",\n\t"drain-check":{"command":["node","server.js"],"grace-period":"10s"}\n}'],
    ['drain-check.config.mjs', 'export default { command: ["node", "server.js"], "grace-period": "10s" };'],
  ])('may be %s', async (name, text) => {
    const { printed, option, stderr } = await plan(await files({ [name]: text }));
    expect(stderr).toBe('');
    expect(printed).toMatchObject({ config: name, command: ['node', 'server.js'] });
    expect(option('grace-period')?.values).toEqual(['10s']);
  });

  it('may be TypeScript where Node reads that, and says so where it does not', async () => {
    const text = 'const period: string = "10s"; export default { command: "node x", "grace-period": period };';
    const { option, code, stderr } = await plan(
      await files({ 'drain-check.config.ts': text, 'package.json': '{"type":"module"}' }),
    );
    const reads =
      (process.features as { typescript?: unknown }).typescript !== undefined &&
      (process.features as { typescript?: unknown }).typescript !== false;
    if (reads) expect(option('grace-period')?.values).toEqual(['10s']);
    else {
      expect(flat(stderr)).toContain('drain-check.config.ts is TypeScript, which Node');
      expect(code).toBe(2);
    }
  });

  it('has targets by name, with what they share', async () => {
    const text = `grace-period: 10s\ntargets:\n  api: { command: node api.js, slow: /api }\n  worker: { command: node worker.js, grace-period: 60s }\n`;
    const directory = await files({ 'drain-check.config.yaml': text });
    const api = await plan(directory, ['--target-name', 'api']);
    expect(api.printed?.command).toEqual(['node', 'api.js']);
    expect(api.option('grace-period')?.values).toEqual(['10s']);
    const worker = await plan(directory, [], { DRAIN_CHECK_TARGET_NAME: 'worker' });
    expect(worker.option('grace-period')).toMatchObject({ values: ['60s'], from: 'drain-check.config.yaml:4:38' });
    const none = await plan(directory);
    expect(none.code).toBe(2);
    expect(flat(none.stderr)).toContain('choose one with --target-name. The targets are: api, worker');
    expect(flat((await plan(directory, ['--target-name', 'wroker'])).stderr)).toContain('did you mean worker?');
  });

  it('gives way to another target on the command line, with what only the other kind takes', async () => {
    const directory = await files({ 'drain-check.config.yaml': `${YAML}cwd: .\n` });
    const url = await plan(directory, ['--url', 'http://127.0.0.1:1', '--stop', 'true']);
    expect(url.stderr).toBe('');
    expect(url.printed?.command).toEqual([]);
    expect(url.option('env')).toBeUndefined();
    expect(url.option('grace-period')?.values).toEqual(['10s']);
    const other = await plan(directory, ['--', 'node', 'other.js']);
    expect(other.printed?.command).toEqual(['node', 'other.js']);
    expect(other.option('env')).toBeDefined();
  });

  it('can be left aside', async () => {
    const directory = await files({ 'drain-check.config.yaml': 'nonsense: 1' });
    expect((await plan(directory, ['--config', 'none', 'true'])).printed?.config).toBeNull();
  });

  it.each<[string, string, string]>([
    [
      'an unknown key',
      'command: x\ngracePeriod: 10s\n',
      'drain-check.config.yaml:2:1 gracePeriod is not known; did you mean grace-period?',
    ],
    [
      'a wrong value',
      'command: x\ngrace-period: soon\n',
      'drain-check.config.yaml:2:1 grace-period "soon" is not a duration',
    ],
    [
      'a wrong kind of value',
      'command: x\nstrict: sometimes\n',
      'drain-check.config.yaml:2:1 strict has a value that is no true or false',
    ],
    ['malformed YAML', 'command: x\n  slow: [/a\n', 'drain-check.config.yaml:'],
    ['a bomb', BOMB, 'drain-check.config.yaml'],
    ['a list', '- a\n', 'is not a map of options'],
    ['a command that needs a shell', 'command: node "a b.js"\n', 'write it as a list of words'],
    ['a target that is none', 'targets: [a]\n', 'is not a map from names to options'],
    [
      'an error in another target',
      'targets:\n  a: { command: x }\n  b: { comand: y }\n',
      'drain-check.config.yaml:3:8 comand is not known; did you mean command?',
    ],
  ])('is refused, with the place: %s', async (_, text, message) => {
    const { code, stderr } = await plan(
      await files({ 'drain-check.config.yaml': text }),
      text.includes('targets:') ? ['--target-name', 'a'] : [],
    );
    expect(flat(stderr)).toContain(message);
    expect(code).toBe(2);
  });

  it('is refused when it is malformed JSON, with line and column', async () => {
    const { code, stderr } = await plan(
      await files({ 'drain-check.config.json': '{\n  "command": "x",\n  "slow" ["/a"]\n}\n' }),
    );
    expect(stderr).toMatch(/drain-check\.config\.json:3:\d+: /);
    expect(code).toBe(2);
  });

  it('is refused when there are two, or it is not there', async () => {
    const both = await plan(await files({ 'drain-check.config.yaml': '', 'drain-check.config.json': '{}' }));
    expect(flat(both.stderr)).toContain(
      'holds several configurations: drain-check.config.yaml, drain-check.config.json',
    );
    expect(both.code).toBe(2);
    const missing = await plan(await files({}), ['--config', 'x.yaml']);
    expect(flat(missing.stderr)).toContain('x.yaml cannot be read (ENOENT)');
    expect(missing.code).toBe(2);
  });

  it('is what a run uses', async () => {
    const text = JSON.stringify({
      command: [process.execPath, fixture('exits-at-once')],
      slow: ['/slow'],
      only: ['drain'],
      report: ['json=out/r.json', 'terminal'],
      quiet: true,
    });
    const directory = await files({ 'drain-check.config.json': text, 'sub/x': '', 'out/x': '' });
    const { code, stdout } = await runCli([], { cwd: path.join(directory, 'sub') });
    expect(stdout).toContain('Requests in flight were lost');
    expect(code).toBe(1);
    expect(JSON.parse(await readFile(path.join(directory, 'out/r.json'), 'utf8'))).toMatchObject({ verdict: 'fail' });
  });

  it('is read or refused, whatever it holds', async () => {
    const directory = await temporaryDirectory();
    const file = path.join(directory, 'drain-check.config.yaml');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc
            .dictionary(fc.constantFrom('command', 'slow', 'env', 'targets', 'strict'), fc.jsonValue())
            .map((map) => JSON.stringify(map)),
        ),
        async (text) => {
          await writeFile(file, text);
          try {
            const configured = configuredOptions(await loadConfig(file, directory), null, OPTIONS, directory);
            for (const values of Object.values(configured.raw))
              expect(values.every((value) => typeof value === 'string')).toBe(true);
          } catch (error) {
            expect(error).toBeInstanceOf(DrainCheckError);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('the schema of configurations', () => {
  it('is the one of the options, and of what editors are told', () => {
    expect(published).toEqual(configSchema(OPTIONS));
    expect(validate(parse(YAML))).toBe(true);
    expect(validate({ command: ['a'], targets: { api: { 'expect-exit': [0, 143], header: { A: 'b' } } } })).toBe(true);
    expect(validate({ gracePeriod: '10s' })).toBe(false);
    expect(validate({ strict: 'yes' })).toBe(false);
  });
});

describe('drain-check init', () => {
  it('writes what the files of a service tell, commented, and leaves what is there', async () => {
    const directory = await files({
      Dockerfile: 'FROM node\nEXPOSE 8080\nCMD ["node", "dist/main.js"]\n',
      'package.json': '{"scripts":{"start":"node dev.js"}}',
      'k8s/app.yaml':
        'kind: Deployment\nspec:\n  template:\n    spec:\n      terminationGracePeriodSeconds: 45\n      containers:\n        - readinessProbe: { httpGet: { path: /ready, port: 80 } }\n          livenessProbe: { httpGet: { path: /live, port: 80 } }\n',
    });
    const { code, stdout } = await runCli(['init', '--yes'], { cwd: directory });
    expect(code).toBe(0);
    expect(stdout).toContain('drain-check.config.yaml is written.');
    const text = await readFile(path.join(directory, 'drain-check.config.yaml'), 'utf8');
    expect(text).toContain('command: ["node", "dist/main.js"] # from Dockerfile');
    expect(text).toContain(`ready: "/ready" # from ${path.join('k8s', 'app.yaml')}`);
    expect(text).toContain('grace-period: 45s # from');
    expect(validate(parse(text))).toBe(true);
    expect((await plan(directory)).printed?.command).toEqual(['node', 'dist/main.js']);
    const again = await runCli(['init', '--yes'], { cwd: directory });
    expect(again.code).toBe(2);
    expect(flat(again.stderr)).toContain('is there already, and is left as it is');
  });

  it.each([
    [
      { Procfile: 'web: gunicorn app:app -b 0.0.0.0:$PORT\n' },
      'command: ["sh", "-c", "exec gunicorn app:app -b 0.0.0.0:$PORT"] # from Procfile',
    ],
    [
      { 'package.json': '{"scripts":{"start":"node server.js --x"}}' },
      'command: ["node", "server.js", "--x"] # from package.json',
    ],
    [{ 'package.json': '{"scripts":{"start":"next start"}}' }, 'command: ["npm", "start"] # from package.json'],
    [
      {
        'package.json': '{{{',
        Dockerfile: 'CMD node x',
        'k8s.yaml': 'terminationGracePeriodSeconds: {{ .Values.x }}\n: :',
      },
      '# command: ["node", "server.js"]',
    ],
  ])('guesses from %j', async (contents, line) => {
    const directory = await files(contents);
    expect((await runCli(['init', '--yes'], { cwd: directory })).code).toBe(0);
    const text = await readFile(path.join(directory, 'drain-check.config.yaml'), 'utf8');
    expect(text).toContain(line);
    expect(validate(parse(text))).toBe(true);
  });

  it('asks on a terminal only', async () => {
    const { code, stderr } = await runCli(['init'], { cwd: await temporaryDirectory() });
    expect(code).toBe(2);
    expect(flat(stderr)).toContain('Give --yes');
  });
});
