import { describe, expect, it } from 'vitest';
import { OPTIONS, layerOptions, type RawOptions } from '../../src/plan/options.js';
import { redactPlan } from '../../src/plan/redact.js';
import { resolveRun, type Catalogue } from '../../src/plan/resolve.js';
import { planSchema } from '../../src/plan/schema.js';
import type { Plan } from '../../src/plan/types.js';

const catalogue: Catalogue = {
  scenarios: ['drain', 'idle', 'streams', 'stuck', 'together'],
  checks: ['one', 'two', 'rollout'],
  needs: { rollout: 'replacement' },
  reportFormats: ['terminal', 'json'],
};
const URL_HERE = 'http://127.0.0.1:8080';
const COMMAND = ['node', 'server.js'];

const run = (flags: RawOptions, command: readonly string[] = []) =>
  resolveRun(layerOptions(OPTIONS, flags, {}), command, catalogue, '/');

function plan(flags: RawOptions, command?: readonly string[]): Plan {
  const { resolved, problems } = run(flags, command);
  expect(problems).toEqual([]);
  if (resolved === null) throw new Error('not resolved');
  return resolved.plan;
}

const problems = (flags: RawOptions, command?: readonly string[]) =>
  run(flags, command).problems.map(({ option, value, problem }) => `${option} ${value} ${problem}`);

const NOWHERE_SAID = { socketPath: null, tls: null, http2: false };

describe('a process', () => {
  it('is its pid, and everything else is looked for', () =>
    expect(plan({ pid: ['4711'] }).target).toEqual({
      kind: 'process',
      pid: 4711,
      stop: null,
      cwd: '/',
      port: null,
      ...NOWHERE_SAID,
    }));

  it('may have a stop command, a directory for it, and a place where it listens', () => {
    expect(
      plan({ pid: ['4711'], stop: ['systemctl stop app'], cwd: ['tmp'], port: ['8080'], http2: [''] }).target,
    ).toMatchObject({ stop: 'systemctl stop app', cwd: '/tmp', port: 8080, http2: true });
    expect(plan({ pid: ['4711'], socket: ['run/a.sock'] }).target).toMatchObject({ socketPath: '/run/a.sock' });
  });

  it('may have its port named by a URL, with TLS where that is https', () => {
    expect(plan({ pid: ['4711'], url: ['http://localhost'] }).target).toMatchObject({ port: 80, tls: null });
    expect(plan({ pid: ['4711'], url: ['https://[::1]:8443'] }).target).toMatchObject({
      kind: 'process',
      port: 8443,
      tls: { ca: null, servername: null },
    });
  });

  it.each(['0', '-1', '4194305', 'node', ''])('is not %j', (pid) =>
    expect(problems({ pid: [pid] })).toEqual([`--pid ${pid} is not a whole number from 1 to 4194304`]),
  );
});

describe('a service known by its URL', () => {
  it('has a host and a port, and times of its own', () =>
    expect(plan({ url: [URL_HERE] }).target).toEqual({
      kind: 'url',
      host: '127.0.0.1',
      stop: null,
      afterStop: null,
      cwd: '/',
      steadyMs: 3000,
      stopTimeoutMs: 300_000,
      port: 8080,
      ...NOWHERE_SAID,
    }));

  it.each([
    ['http://localhost', 'localhost', 80, null],
    ['https://localhost/', 'localhost', 443, { ca: null, servername: null }],
    ['http://[::1]:8080', '::1', 8080, null],
    ['http://127.1:81', '127.0.0.1', 81, null],
  ])('is at %s', (url, host, port, tls) => expect(plan({ url: [url] }).target).toMatchObject({ host, port, tls }));

  it('reads its options', () =>
    expect(
      plan({
        url: [URL_HERE],
        stop: ['kubectl rollout restart deploy/app'],
        'after-stop': ['replaced'],
        steady: ['10s'],
        'stop-timeout': ['10m'],
        servername: ['api.example.com'],
        grpc: ['a.B/C'],
      }).target,
    ).toMatchObject({
      stop: 'kubectl rollout restart deploy/app',
      afterStop: 'replaced',
      steadyMs: 10_000,
      stopTimeoutMs: 600_000,
      tls: { ca: null, servername: 'api.example.com' },
      http2: true,
    }));

  it('may be on another machine that is allowed by its name', () => {
    const allowed = (url: string, host: string) => plan({ url: [url], 'allow-host': ['other.test', host] }).target;
    expect(allowed('https://Api.Example.com:8443', 'API.example.com')).toMatchObject({ host: 'api.example.com' });
    expect(allowed('http://[fd00::2]', 'fd00::2')).toMatchObject({ host: 'fd00::2', port: 80 });
  });

  it.each([
    ['127.0.0.1:8080', 'is not a URL; write it like http://127.0.0.1:8080'],
    ['', 'is not a URL'],
    ['ftp://localhost', 'begins with ftp:; http: and https: can be tested'],
    ['http://user:secret@localhost', 'holds credentials; give them as a header'],
    ['http://localhost/ready', 'has a path; give the origin alone'],
    ['http://localhost/?a', 'has a path'],
    ['http://localhost/#a', 'has a path'],
  ])('is not %j', (url, problem) => {
    expect(problems({ url: [url] })).toEqual([expect.stringContaining(`--url ${url} ${problem}`)]);
  });

  it.each([
    ['http://example.com', 'example.com', []],
    ['https://example.com:8443', 'example.com', ['www.example.com', 'example.org']],
    ['http://0.0.0.0', '0.0.0.0', []],
    ['http://[fd00::2]', 'fd00::2', []],
    ['http://localhost.example.com', 'localhost.example.com', ['localhost']],
  ])('is not %s, which nobody allowed', (url, host, allowed) =>
    expect(problems({ url: [url], ...(allowed.length === 0 ? {} : { 'allow-host': allowed }) })).toEqual([
      expect.stringMatching(
        new RegExp(`^--url ${url.replace(/[[\]]/g, '\\$&')} is not on this machine; .*: --allow-host ${host}$`),
      ),
    ]),
  );

  it('is asked as often as shows what happens on this machine, and as a guest elsewhere', () => {
    const near = { probeIntervalMs: 10, probeTimeoutMs: 1000, attemptIntervalMs: 50 };
    expect(plan({ url: [URL_HERE] })).toMatchObject(near);
    expect(plan({ pid: ['4711'] })).toMatchObject(near);
    expect(plan({ docker: ['web'] })).toMatchObject(near);
    expect(plan({ url: ['http://example.com'], 'allow-host': ['example.com'] })).toMatchObject({
      probeIntervalMs: 100,
      probeTimeoutMs: 2000,
      attemptIntervalMs: 100,
    });
  });
});

describe('a container', () => {
  it('is an image or a container with the command that it runs', () =>
    expect(plan({ docker: ['node:20'] }, ['node', 'server.js']).target).toEqual({
      kind: 'container',
      engine: 'docker',
      name: 'node:20',
      compose: false,
      args: ['node', 'server.js'],
      runArgs: [],
      env: {},
      signal: null,
      cwd: '/',
      port: null,
      ...NOWHERE_SAID,
    }));

  it('reads its options', () =>
    expect(
      plan({
        docker: ['registry.example.com:5000/team/web@sha256:00ff'],
        'docker-run-arg': ['--network=host', '-v', 'data:/data'],
        engine: ['podman'],
        env: ['A=1', 'B=2'],
        signal: ['quit'],
        port: ['8080'],
      }).target,
    ).toMatchObject({
      name: 'registry.example.com:5000/team/web@sha256:00ff',
      engine: 'podman',
      args: [],
      runArgs: ['--network=host', '-v', 'data:/data'],
      env: { A: '1', B: '2' },
      signal: 'SIGQUIT',
      port: 8080,
    }));

  it('may be that of a Compose service, in the directory of its project', () =>
    expect(plan({ compose: ['web'], cwd: ['/tmp'] }).target).toMatchObject({
      kind: 'container',
      name: 'web',
      compose: true,
      cwd: '/tmp',
    }));

  it.each(['--privileged', '', 'a b', 'a;b', '-'])('is not called %j', (name) => {
    expect(problems({ docker: [name] })).toEqual([`--docker ${name} is no name of an image or a container`]);
    expect(problems({ compose: [name] })).toEqual([`--compose ${name} is no name of a service`]);
  });

  it.each(['-d', '--detach', '--detach=false', '--name=web', '--rm', '--cidfile=a', '-it', '-t', '-i', '--tty'])(
    'is not run with %s',
    (arg) =>
      expect(problems({ docker: ['web'], 'docker-run-arg': ['--init', arg] })).toEqual([
        `--docker-run-arg ${arg} is set by drain-check itself`,
      ]),
  );

  it('has no engine that is not known', () =>
    expect(problems({ docker: ['web'], engine: ['dockr'] })).toEqual([
      expect.stringContaining('--engine dockr is not known; did you mean docker?'),
    ]));
});

describe('one run', () => {
  it.each<[RawOptions, string]>([
    [{ pid: ['1'], docker: ['web'] }, '--docker web stands beside --pid; one run has one target'],
    [{ pid: ['1'], compose: ['web'], url: [URL_HERE] }, '--compose web stands beside --pid'],
    [{ docker: ['web'], url: [URL_HERE] }, `--url ${URL_HERE} stands beside --docker`],
    [{ docker: ['web'], compose: ['web'] }, '--compose web stands beside --docker'],
    [{ compose: ['web'], url: [URL_HERE] }, `--url ${URL_HERE} stands beside --compose`],
  ])('has one target: %j', (flags, problem) =>
    expect(problems(flags)).toEqual(expect.arrayContaining([expect.stringContaining(problem)])),
  );

  it.each<RawOptions>([{ pid: ['4711'] }, { url: [URL_HERE] }, { compose: ['web'] }])(
    'starts no command beside %j',
    (flags) => {
      const [kind = ''] = Object.keys(flags);
      expect(problems(flags, COMMAND)).toEqual([
        `command node server.js stands beside --${kind}, which names the target already; leave one of them out`,
      ]);
    },
  );

  const homes: [string, string, string, RawOptions[]][] = [
    ['stop', 'true', '--pid or --url', [{}, { docker: ['web'] }, { compose: ['web'] }]],
    ['after-stop', 'gone', '--url', [{}, { pid: ['4711'] }, { docker: ['web'] }]],
    ['docker-run-arg', '--init', '--docker', [{}, { pid: ['4711'] }, { url: [URL_HERE] }, { compose: ['web'] }]],
    ['allow-host', 'example.com', '--url', [{}, { pid: ['4711'] }, { docker: ['web'] }]],
    ['socket', '/run/a.sock', 'a command or --pid', [{ docker: ['web'] }, { compose: ['web'] }]],
    ['env', 'A=1', 'a command or --docker', [{ pid: ['4711'] }, { url: [URL_HERE] }, { compose: ['web'] }]],
    ['as-pid1', 'true', 'a command', [{ pid: ['4711'] }, { url: [URL_HERE] }, { docker: ['web'] }]],
  ];
  it.each(
    homes.flatMap(([name, value, home, targets]) => targets.map((target) => [name, value, home, target] as const)),
  )('says where --%s %s belongs: to %s, not beside %j', (name, value, home, target) => {
    const command = Object.keys(target).length === 0 ? COMMAND : [];
    expect(problems({ ...target, [name]: [value] }, command)).toEqual([
      `--${name} ${value} means nothing for this target; it belongs to ${home}`,
    ]);
  });

  it.each<[string, RawOptions, string]>([
    ['a port beside a URL', { url: [URL_HERE], port: ['80'] }, '--port 80 stands beside --url, which says the port'],
    [
      'a port beside the URL of a process',
      { pid: ['4711'], url: [URL_HERE], port: ['80'] },
      '--port 80 stands beside --url',
    ],
    ['a socket beside a URL', { pid: ['4711'], url: [URL_HERE], socket: ['/a'] }, '--socket /a stands beside --url'],
    ['an empty stop command', { url: [URL_HERE], stop: [' '] }, '--stop   is empty; give the command that stops it'],
    ['an empty stop command of a process', { pid: ['4711'], stop: [''] }, '--stop  is empty'],
    [
      'a process on another machine',
      { pid: ['4711'], url: ['http://example.com'] },
      '--url http://example.com/ is not on this machine, where the process of --pid is',
    ],
    ['a host that is none', { url: [URL_HERE], 'allow-host': ['a/b'] }, '--allow-host a/b is not the name or address'],
    [
      'an end that is none',
      { url: [URL_HERE], 'after-stop': ['replace'] },
      '--after-stop replace is not known; did you mean replaced?',
    ],
    [
      'a moment of steadiness',
      { url: [URL_HERE], steady: ['100ms'] },
      '--steady 100ms is too short; give at least 200ms',
    ],
    ['no time to stop', { url: [URL_HERE], 'stop-timeout': ['0'] }, '--stop-timeout 0 is too short'],
    ['a directory that is not there', { pid: ['4711'], cwd: ['/no/such/dir'] }, '--cwd /no/such/dir does not exist'],
  ])('refuses %s', (_, flags, message) => expect(problems(flags).join('\n')).toContain(message));

  it('says everything that is wrong with a target at once', () =>
    expect(
      problems({ url: ['localhost'], stop: [''], 'after-stop': ['x'], env: ['A=1'], steady: ['1'] }, COMMAND),
    ).toHaveLength(6));

  it('ends nothing without asking, unless it is told so', () => {
    const output = (flags: RawOptions) => run({ pid: ['4711'], ...flags }).resolved?.output.yes;
    expect([output({}), output({ yes: [''] }), output({ yes: ['false'] })]).toEqual([false, true, false]);
  });
});

describe('the scenarios and checks of a target', () => {
  const OTHERS: RawOptions[] = [{ pid: ['4711'] }, { url: [URL_HERE] }, { docker: ['web'] }, { compose: ['web'] }];

  it('are each a life of their own where it can be started', () => {
    expect(plan({}, COMMAND).scenarios).toEqual(['drain', 'idle', 'streams', 'stuck']);
    expect(problems({ only: ['together'] }, COMMAND).join()).toContain('leaves no scenario to play');
  });

  it.each(OTHERS)('may be held in one life of %j', (target) =>
    expect(plan(target).scenarios).toEqual(['drain', 'idle', 'streams', 'stuck', 'together']),
  );

  it.each<[RawOptions, string[]]>([
    [{ only: ['drain'] }, ['drain', 'together']],
    [{ only: ['idle', 'streams'] }, ['idle', 'streams', 'together']],
    [{ only: ['together'] }, ['drain', 'idle', 'streams', 'together']],
    [{ only: ['together', 'stuck'] }, ['drain', 'idle', 'streams', 'stuck', 'together']],
    [{ only: ['together', 'drain'] }, ['drain', 'together']],
    [{ only: ['one'] }, ['drain', 'idle', 'streams', 'stuck', 'together']],
    [{ skip: ['idle'] }, ['drain', 'streams', 'stuck', 'together']],
  ])('%j leaves %j of them', (flags, scenarios) =>
    expect(plan({ pid: ['4711'], ...flags }).scenarios).toEqual(scenarios),
  );

  it.each<RawOptions>([{ only: ['stuck'] }, { skip: ['drain,idle,streams'] }, { skip: ['together'] }])(
    '%j leaves nothing for what has one life, and says so',
    (flags) => {
      const option = 'only' in flags ? '--only' : '--skip';
      for (const target of [{ pid: ['4711'] }, { url: [URL_HERE] }])
        expect(problems({ ...target, ...flags }).join()).toContain(`${option} ${Object.values(flags).flat().join()}`);
      // A name may be that of an image, which has as many lives as are wanted.
      if (!JSON.stringify(flags).includes('together'))
        expect(plan({ docker: ['web'], ...flags }).scenarios).toEqual(['stuck']);
    },
  );

  it('name no check of a replacement where nothing is replaced', () => {
    expect(problems({ only: ['rollout'] }, COMMAND).join()).toContain('give that with --url');
    expect(plan({ url: [URL_HERE], only: ['rollout'] }).checks).toEqual(['rollout']);
  });

  it('are about a replacement only behind a URL', () => {
    expect(plan({ url: [URL_HERE] }).checks).toEqual(['one', 'two', 'rollout']);
    expect(plan({}, COMMAND).checks).toEqual(['one', 'two']);
    for (const target of OTHERS.filter((one) => !('url' in one))) expect(plan(target).checks).toEqual(['one', 'two']);
  });
});

describe('a plan of each kind of target', () => {
  const plans: Record<string, Plan> = {
    command: plan({ port: ['8080'], env: ['TOKEN=hunter2'], https: [''] }, ['node', 'x://u:hunter2@h']),
    process: plan({ pid: ['4711'], stop: ['psql x://u:hunter2@h -c stop'], url: ['https://localhost'] }),
    url: plan({
      url: ['https://example.com'],
      'allow-host': ['example.com'],
      stop: ['curl -X POST https://u:hunter2@h/stop'],
      'after-stop': ['gone'],
    }),
    'by hand': plan({ url: [URL_HERE] }),
    container: plan(
      {
        docker: ['web'],
        env: ['TOKEN=hunter2'],
        signal: ['INT'],
        'docker-run-arg': [
          '--network=host',
          '-e',
          'TOKEN=hunter2',
          '-eTOKEN=hunter2',
          '--env=TOKEN=hunter2\nhunter2',
          '--env TOKEN=hunter2',
          '-e',
          'TOKEN',
          '--env-file=.env',
          '--label=token=hunter2',
          '--add-host=db:10.0.0.1',
        ],
      },
      ['serve', '--db=x://u:hunter2@h'],
    ),
    compose: plan({ compose: ['web'], engine: ['podman'] }),
  };

  describe.each(Object.entries(plans))('%s', (_, one) => {
    it('is read again as it was written, byte for byte', () =>
      expect(JSON.stringify(planSchema.parse(JSON.parse(JSON.stringify(one))))).toBe(JSON.stringify(one)));

    it('keeps its secrets, and nothing else, to itself', () => {
      const before = structuredClone(one);
      const redacted = redactPlan(one);
      expect(one).toEqual(before);
      expect(JSON.stringify(redacted)).not.toContain('hunter2');
      expect(JSON.stringify(planSchema.parse(redacted))).toBe(JSON.stringify(redacted));
      const words = (value: Plan) =>
        JSON.stringify(value).replace(/u:hunter2(\\nhunter2)?|hunter2(\\nhunter2)?/g, '[redacted]');
      expect(words(redacted)).toBe(words(one));
    });
  });

  it('drops what this version does not know', () => {
    const { process } = plans;
    expect(planSchema.parse({ ...process, target: { ...process?.target, future: 1 } })).toEqual(process);
  });

  it('is none of another kind, and none without what its kind needs', () => {
    const { url } = plans;
    expect(planSchema.safeParse({ ...url, target: { ...url?.target, kind: 'machine' } }).success).toBe(false);
    expect(planSchema.safeParse({ ...url, target: { ...url?.target, kind: 'process' } }).success).toBe(false);
    expect(planSchema.safeParse({ ...url, target: { ...url?.target, afterStop: 'stopped' } }).success).toBe(false);
    expect(planSchema.safeParse({ ...url, target: { ...url?.target, port: null } }).success).toBe(false);
  });
});
