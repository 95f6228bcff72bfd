import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPTIONS, layerOptions, type RawOptions } from '../../src/plan/options.js';
import { resolveJudging, resolveRun, type Catalogue } from '../../src/plan/resolve.js';
import { planSchema } from '../../src/plan/schema.js';
import { temporaryDirectory } from '../support/cli.js';
import { examplePlan } from '../support/plan.js';

const catalogue: Catalogue = {
  scenarios: ['drain', 'idle'],
  checks: ['one', 'two', 'three'],
  needs: {},
  reportFormats: ['terminal', 'json'],
};
const run = (flags: RawOptions = {}, command: readonly string[] = ['node', 'server.js']) =>
  resolveRun(layerOptions(OPTIONS, flags, {}), command, catalogue, '/');

function plan(flags: RawOptions = {}, command?: readonly string[]) {
  const { resolved, problems } = run(flags, command);
  expect(problems).toEqual([]);
  if (resolved === null) throw new Error('not resolved');
  return resolved;
}

const problems = (flags: RawOptions, command?: readonly string[]) =>
  run(flags, command).problems.map(({ option, value, problem }) => `${option} ${value} ${problem}`);

describe('resolveRun', () => {
  it('has a plan for a bare command, which its own schema accepts', () => {
    const resolved = plan();
    expect(resolved.plan).toMatchObject({
      target: { kind: 'command', command: 'node', args: ['server.js'], cwd: '/', env: {}, port: null },
      profile: 'kubernetes',
      signal: 'SIGTERM',
      scenarios: ['drain', 'idle'],
      checks: ['one', 'two', 'three'],
      expectExit: [0],
      expectExitGiven: false,
      gracePeriodMs: 30_000,
      routingLagMs: 5000,
    });
    expect(resolved.output).toEqual({
      gate: { repeat: 1, budgets: [], baseline: null },
      keep: null,
      watch: false,
      reports: [{ format: 'terminal', path: null }],
      record: null,
      quiet: false,
      verbose: false,
      yes: false,
      fix: null,
      color: null,
    });
    expect(planSchema.parse(resolved.plan)).toEqual(resolved.plan);
    expect(JSON.parse(JSON.stringify(resolved.plan))).toEqual(resolved.plan);
  });

  it('does not change its catalogue or its defaults', () => {
    plan().plan.checks.push('four');
    expect(catalogue.checks).toEqual(['one', 'two', 'three']);
    expect(plan().plan.checks).toEqual(['one', 'two', 'three']);
  });

  it('reads every option', () => {
    const { plan: read, output } = plan({
      repeat: ['3'],
      budget: ['exit.p95 < 5s'],
      baseline: ['old.json'],
      keep: ['kept'],
      watch: ['true'],
      port: ['8080'],
      env: ['A=1', 'B=2', 'A=3'],
      ready: ['/r'],
      live: ['none'],
      slow: ['/a', 'DELETE /b'],
      header: ['X: y'],
      requests: ['7'],
      'grace-period': ['1m'],
      'start-timeout': ['5s'],
      settle: ['1s'],
      'routing-lag': ['0'],
      signal: ['int'],
      profile: ['docker'],
      ignore: ['two'],
      strict: [''],
      'allow-inconclusive': ['yes'],
      'expect-exit': ['0,143'],
      report: ['json=r.json', 'terminal'],
      record: ['x'],
      quiet: ['1'],
      verbose: ['on'],
      color: ['true'],
    });
    expect(read).toMatchObject({
      target: { port: 8080, env: { A: '3', B: '2' } },
      readiness: { kind: 'path', path: '/r' },
      liveness: { kind: 'none' },
      slow: [
        { method: 'GET', path: '/a', headers: [['X', 'y']], body: null },
        { method: 'DELETE', path: '/b', headers: [['X', 'y']], body: null },
      ],
      requests: 7,
      gracePeriodMs: 60_000,
      startTimeoutMs: 5000,
      settleMs: 1000,
      routingLagMs: 0,
      signal: 'SIGINT',
      profile: 'docker',
      ignore: ['two'],
      strict: true,
      allowInconclusive: true,
      expectExit: [0, 143],
      expectExitGiven: true,
    });
    expect(output).toEqual({
      gate: {
        repeat: 3,
        budgets: [{ text: 'exit.p95<5s', scenario: null, metric: 'exit', statistic: 'p95', limitMs: 5000 }],
        baseline: 'old.json',
      },
      keep: 'kept',
      watch: true,
      reports: [
        { format: 'json', path: 'r.json' },
        { format: 'terminal', path: null },
      ],
      record: 'x',
      quiet: true,
      verbose: true,
      yes: false,
      fix: null,
      color: true,
    });
  });

  it('reads what is held beside plain requests', () => {
    const { plan: read } = plan({
      stream: ['/a', '/b'],
      websocket: ['/ws'],
      'websocket-message': ['hi'],
      'websocket-goodbye': ['/by+e/i'],
      'websocket-close': ['4001'],
      subprotocol: ['x', 'y'],
      'no-discover': ['true'],
      'no-as-pid1': ['true'],
      parallel: ['3'],
      servername: ['api.example.com'],
      socket: ['run/a.sock'],
    });
    expect(read).toMatchObject({
      target: { tls: { ca: null, servername: 'api.example.com' }, socketPath: '/run/a.sock', http2: false },
      streams: ['/a', '/b'],
      websockets: ['/ws'],
      websocket: {
        message: 'hi',
        goodbye: { kind: 'regex', source: 'by+e', flags: 'i' },
        closeCodes: [4001],
        closeCodesGiven: true,
        subprotocols: ['x', 'y'],
      },
      discover: false,
      asPid1: 'never',
      parallel: 3,
    });
    expect(planSchema.parse(read)).toEqual(read);
  });

  it('speaks HTTP/2 to gRPC', () => {
    const { plan: read } = plan({ grpc: ['a.B/C {"x":1}'], https: ['true'], 'as-pid1': ['true'] });
    expect(read).toMatchObject({
      target: { http2: true, tls: { ca: null, servername: null } },
      grpc: [{ method: 'a.B/C', request: '{"x":1}' }],
      proto: null,
      asPid1: 'always',
    });
    expect(planSchema.parse(read)).toEqual(read);
  });

  it('takes the last of several values of a single option', () =>
    expect(plan({ requests: ['3', '9'] }).plan.requests).toBe(9));

  it('says everything that is wrong at once, in a fixed order', () => {
    const wrong = problems(
      { profile: ['kubernets'], requests: ['0'], settle: ['5'], only: ['drian'], signal: ['KILL'], report: ['yaml'] },
      [],
    );
    expect(wrong).toHaveLength(7);
    expect(wrong[0]).toContain('command  is missing');
    expect(
      problems(
        { profile: ['kubernets'], requests: ['0'], settle: ['5'], only: ['drian'], signal: ['KILL'], report: ['yaml'] },
        [],
      ),
    ).toEqual(wrong);
  });

  it.each<[string, RawOptions, string]>([
    ['a body without a slow request', { body: ['x'] }, '--body x belongs to a slow request'],
    ['a header without work', { header: ['A: b'] }, '--header A: b belongs to work in flight'],
    ['a directory that is not there', { cwd: ['/no/such/dir'] }, '--cwd /no/such/dir does not exist'],
    ['a port out of range', { port: ['70000'] }, '--port 70000 is not a whole number from 1 to 65535'],
    ['a grace period of nothing', { 'grace-period': ['0'] }, '--grace-period 0 is too short; give at least 100ms'],
    ['a report without its path', { report: ['json='] }, '--report json= has no path after the ='],
    [
      'two reports on one screen',
      { report: ['json', 'terminal'] },
      '--report json, terminal would share standard output',
    ],
    ['a socket beside a port', { socket: ['/run/a.sock'], port: ['80'] }, '--socket /run/a.sock stands beside --port'],
    ['a socket path that is too long', { socket: [`/${'x'.repeat(107)}`] }, 'is too long for a Unix socket'],
    ['authorities that are not there', { ca: ['/no/such.pem'] }, '--ca /no/such.pem does not exist'],
    ['a description that is a directory', { proto: ['/'], grpc: ['a.B/C'] }, '--proto / is not a file'],
    ['a description of nothing', { proto: ['/etc/hosts'] }, '--proto /etc/hosts describes gRPC methods'],
    ['WebSockets over HTTP/2', { websocket: ['/ws'], http2: ['true'] }, '--websocket /ws cannot be opened over HTTP/2'],
    ['WebSockets beside gRPC', { websocket: ['/ws'], grpc: ['a.B/C'] }, 'leave out --grpc'],
    ['both ways of PID 1', { 'as-pid1': ['true'], 'no-as-pid1': ['true'] }, 'give one of them'],
    ['a stream that is no path', { stream: ['events'] }, '--stream events is not a path'],
    ['too many lives at once', { parallel: ['17'] }, '--parallel 17 is not a whole number from 1 to 16'],
    ['a scenario to ignore', { ignore: ['drain'] }, '--ignore drain is not known'],
    [
      'an unknown id',
      { skip: ['something-else'] },
      '--skip something-else is not known; `drain-check checks` lists what is',
    ],
  ])('refuses %s', (_, flags, message) => expect(problems(flags).join('\n')).toContain(message));

  it('complains about an id only once', () => expect(problems({ only: ['drian'] })).toHaveLength(1));

  it('refuses a file as directory, and resolves one from where it was started', async () => {
    const directory = await temporaryDirectory();
    await writeFile(path.join(directory, 'file'), '');
    expect(problems({ cwd: [path.join(directory, 'file')] }).join()).toContain('is not a directory');
    const { resolved } = resolveRun({ cwd: ['.'] }, ['x'], catalogue, directory);
    expect(resolved?.plan.target.cwd).toBe(directory);
  });

  it('keeps an equals sign in the path of a report', () =>
    expect(plan({ report: ['json=a=b'] }).output.reports).toEqual([{ format: 'json', path: 'a=b' }]));

  it.each<[RawOptions, boolean | null]>([
    [{}, null],
    [{ color: ['true'] }, true],
    [{ 'no-color': ['true'] }, false],
    [{ color: ['false'] }, null],
  ])('%j decides colour: %s', (flags, color) => expect(plan(flags).output.color).toBe(color));
});

describe('--only and --skip', () => {
  it.each<[RawOptions, string[], string[]]>([
    [{ only: ['drain'] }, ['drain'], ['one', 'two', 'three']],
    [{ only: ['two'] }, ['drain', 'idle'], ['two']],
    [{ only: ['two,one', 'idle'] }, ['idle'], ['one', 'two']],
    [{ skip: ['drain', 'three'] }, ['idle'], ['one', 'two']],
    [{ only: ['one', 'two'], skip: [' two '] }, ['drain', 'idle'], ['one']],
  ])('%j', (flags, scenarios, checks) => expect(plan(flags).plan).toMatchObject({ scenarios, checks }));

  it('may not leave nothing to play', () =>
    expect(problems({ skip: ['drain,idle'] }).join()).toContain('leaves no scenario to play'));
});

describe('resolveJudging', () => {
  const recorded = examplePlan({
    checks: ['one', 'two', 'gone'],
    ignore: ['one'],
    strict: true,
    expectExit: [3],
    expectExitGiven: true,
    routingLagMs: 77,
    profile: 'docker',
  });
  const judge = (raw: RawOptions) => resolveJudging(raw, recorded, catalogue);

  it('keeps what the recording was judged under, but for checks that are no more', () => {
    expect(judge({}).resolved?.plan).toEqual({ ...recorded, checks: ['one', 'two'] });
  });

  it('lays options over it', () => {
    expect(
      judge({
        profile: ['standalone'],
        strict: ['false'],
        ignore: ['two'],
        only: ['two'],
        'routing-lag': ['1s'],
        'expect-exit': ['9'],
      }).resolved?.plan,
    ).toMatchObject({
      profile: 'standalone',
      strict: false,
      ignore: ['two'],
      checks: ['two'],
      routingLagMs: 1000,
      expectExit: [9],
      expectExitGiven: true,
    });
  });

  it('says what is wrong', () =>
    expect(judge({ profile: ['none'], only: ['gone'] }).problems.map(({ option }) => option)).toEqual([
      '--only',
      '--profile',
    ]));
});
