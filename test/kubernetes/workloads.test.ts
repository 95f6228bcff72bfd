import { describe, expect, it } from 'vitest';
import { deployment, linted, rehearsed } from '../support/manifest.js';

const join = (...documents: string[]) => documents.join('\n---\n');
const only = (text: string) => {
  const [workload] = linted(text).workloads;
  if (workload === undefined) throw new Error('no workload');
  return workload;
};

describe('int-or-string', () => {
  const rollout = (maxUnavailable: unknown, maxSurge: unknown, replicas: number) =>
    only(deployment({ spec: { replicas, strategy: { rollingUpdate: { maxUnavailable, maxSurge } } } })).rollout
      .maxUnavailable?.value;

  it.each([
    ['25%', '25%', 3, 0],
    ['34%', '25%', 3, 1],
    ['50%', 0, 3, 1],
    ['100%', 1, 3, 3],
    [2, 1, 3, 2],
    ['2', 1, 3, 2],
    // One of the two is never 0.
    [0, 0, 3, 1],
    ['10%', '0%', 3, 1],
    [undefined, undefined, 8, 2],
    ['nonsense', 1, 8, 2],
  ])('maxUnavailable %s, maxSurge %s of %i', (unavailable, surge, replicas, expected) =>
    expect(rollout(unavailable, surge, replicas)).toBe(expected),
  );

  const budget = (spec: object, replicas: number) =>
    only(
      join(
        JSON.stringify({
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'b' },
          spec: { selector: {}, ...spec },
        }),
        deployment({ spec: { replicas } }),
      ),
    ).budgets.map(({ allowed }) => allowed);

  it.each([
    [{ minAvailable: '50%' }, 3, [1]],
    [{ minAvailable: '100%' }, 3, [0]],
    [{ minAvailable: 5 }, 3, [0]],
    [{ maxUnavailable: '1%' }, 3, [1]],
    [{ maxUnavailable: 0 }, 3, [0]],
    [{}, 3, [3]],
    // Without a selector nothing is selected.
    [{ selector: null }, 3, []],
  ])('a budget of %j for %i', (spec, replicas, allowed) => expect(budget(spec, replicas)).toEqual(allowed));
});

describe('what selects a pod', () => {
  const pdb = (selector: object, namespace?: string) =>
    JSON.stringify({
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace },
      spec: { maxUnavailable: 1, selector },
    });
  const selected = (selector: object, namespace?: string) =>
    only(join(pdb(selector, namespace), deployment())).budgets.length === 1;
  const expression = (operator: string, key: string, ...values: string[]) => ({
    matchExpressions: [{ key, operator, values }],
  });

  it.each([
    [{ matchLabels: { app: 'orders' } }, true],
    [{ matchLabels: { app: 'orders', tier: 'web' } }, false],
    [expression('In', 'app', 'x', 'orders'), true],
    [expression('In', 'app', 'x'), false],
    [expression('NotIn', 'app', 'x'), true],
    [expression('NotIn', 'app', 'orders'), false],
    [expression('NotIn', 'tier', 'web'), true],
    [expression('Exists', 'app'), true],
    [expression('Exists', 'constructor'), false],
    [expression('DoesNotExist', 'tier'), true],
    [expression('Gt', 'app', '1'), false],
    [{ matchLabels: { app: 'orders' }, ...expression('DoesNotExist', 'app') }, false],
  ])('%j', (selector, expected) => expect(selected(selector)).toBe(expected));

  it('is in its namespace', () => {
    expect(selected({ matchLabels: { app: 'orders' } }, 'default')).toBe(true);
    expect(selected({ matchLabels: { app: 'orders' } }, 'other')).toBe(false);
  });
});

describe('who is served', () => {
  const service = (spec: object) =>
    JSON.stringify({ kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'orders' }, ...spec } });
  const pod = {
    containers: [
      { name: 'metrics', ports: [{ name: 'metrics', containerPort: 9090 }] },
      {
        name: 'app',
        ports: [
          { name: 'http', containerPort: 8080 },
          { name: 'admin', containerPort: 8081 },
        ],
      },
    ],
  };
  const served = (...documents: string[]) =>
    only(join(...documents)).containers.flatMap(({ name, servedBy }) =>
      servedBy === null ? [] : [`${name}: ${servedBy}`],
    );

  it.each([
    ['the container with the port of that name', { ports: [{ port: 80, targetPort: 'http' }] }, ['app: Service web']],
    ['the container with that port', { ports: [{ port: 8080 }] }, ['app: Service web']],
    [
      'the first container where no port is declared',
      { ports: [{ port: 80, targetPort: 3000 }] },
      ['metrics: Service web'],
    ],
    ['nobody, where the selector is empty', { selector: {} }, []],
    ['nobody, where the selector is another', { selector: { app: 'x' } }, []],
    ['nobody, where the name is elsewhere', { type: 'ExternalName' }, ['app: port 8080']],
  ])('%s', (_, spec, expected) => expect(served(service(spec), deployment({ pod }))).toEqual(expected));

  it('is who declares a port for clients, where no Service was read', () => {
    expect(served(deployment({ pod }))).toEqual(['app: port 8080']);
    expect(rehearsed(deployment({ pod })).servedPort).toBe(8080);
    expect(rehearsed(deployment({ pod })).pod?.container).toBe('app');
  });

  it('is no Job', () => {
    const job = {
      kind: 'Job',
      metadata: { name: 'j' },
      spec: { template: { metadata: { labels: { app: 'orders' } }, spec: pod } },
    };
    expect(served(service({}), JSON.stringify(job))).toEqual([]);
  });
});

describe('probes', () => {
  it('have the defaults of the API', () => {
    const { readiness } =
      only(deployment({ container: { readinessProbe: { httpGet: { port: 'http' } } } })).containers[0]?.probes ?? {};
    expect(readiness?.probe).toEqual({
      ask: { kind: 'http', request: { scheme: 'HTTP', host: null, port: 8080, path: '/', headers: [] } },
      initialDelayMs: 0,
      periodMs: 10_000,
      timeoutMs: 1000,
      successThreshold: 1,
      failureThreshold: 3,
      gracePeriodMs: null,
    });
  });

  it.each([
    [{ tcpSocket: { port: 5432 } }, { kind: 'tcp', port: 5432 }],
    [{ grpc: { port: 50051, service: 'x' } }, { kind: 'grpc', port: 50051, service: 'x' }],
    [{ exec: { command: ['cat', '/tmp/ok'] } }, { kind: 'exec', command: ['cat', '/tmp/ok'] }],
  ])('ask %j', (ask, expected) =>
    expect(only(deployment({ container: { livenessProbe: ask } })).containers[0]?.probes.liveness?.probe.ask).toEqual(
      expected,
    ),
  );

  it('take what an anchor and a merge key say', () => {
    const text = `kind: Pod
metadata: {name: a}
spec:
  containers:
  - name: a
    readinessProbe: &probe
      httpGet: {path: /ready, port: 80}
      periodSeconds: 5
    livenessProbe:
      <<: *probe
      periodSeconds: 20
    startupProbe: *probe
`;
    const { readiness, liveness, startup } = only(text).containers[0]?.probes ?? {};
    expect(liveness?.probe).toEqual({ ...readiness?.probe, periodMs: 20_000 });
    expect(startup?.probe).toEqual(readiness?.probe);
    expect([readiness, liveness, startup].map((one) => one?.at.line)).toEqual([6, 9, 12]);
  });
});

describe('the time of a preStop hook', () => {
  const takes = (preStop: object, env: object[] = []) =>
    only(deployment({ container: { lifecycle: { preStop }, env } })).containers[0]?.preStop?.takesMs;
  const sh = (script: string) => ({ exec: { command: ['sh', '-c', script] } });

  it.each([
    [{ sleep: { seconds: 7 } }, 7000],
    [{ exec: { command: ['/bin/sleep', '15'] } }, 15_000],
    [sh('sleep 10'), 10_000],
    [sh('sleep 10 && nginx -s quit; sleep 2m'), 130_000],
    [sh('sleep 1.5'), 1500],
    [sh('sleep infinity'), 86_400_000],
    [sh('touch /tmp/drain'), null],
    [sh('while curl -s localhost/busy; do sleep 1; done'), null],
    [sh('curl -f localhost/drain || sleep 20'), null],
    [sh('sleep 10 & wait'), null],
    [sh('echo no-sleep 10'), null],
    [{ httpGet: { path: '/drain', port: 8080 } }, null],
  ])('%j', (hook, expected) => expect(takes(hook)).toBe(expected));

  it('follows a variable that the manifest sets', () => {
    expect(takes(sh('sleep ${DELAY}'), [{ name: 'DELAY', value: '12' }])).toBe(12_000);
    expect(takes(sh('sleep $DELAY'))).toBe(null);
  });
});

describe('the server’s own time-out', () => {
  const server = (command: string[], env: object[] = []) =>
    only(deployment({ container: { command, env } })).containers[0]?.server;

  it.each([
    [['uvicorn', 'app:app'], 'uvicorn', null],
    [['python', '-m', 'uvicorn', 'app:app', '--timeout-graceful-shutdown=20'], 'uvicorn', 20_000],
    [['sh', '-c', 'exec uvicorn app:app --timeout-graceful-shutdown 15'], 'uvicorn', 15_000],
    [['/app/.venv/bin/gunicorn', '--graceful-timeout', '25', 'app:app'], 'gunicorn', 25_000],
    [['gunicorn', '-k', 'uvicorn.workers.UvicornWorker', 'app:app'], 'gunicorn', null],
    [['hypercorn', 'app:app', '--graceful-timeout', '10'], 'hypercorn', 10_000],
    [['java', '-jar', 'app.jar', '--spring.lifecycle.timeout-per-shutdown-phase=20s'], 'Spring Boot', 20_000],
    [['java', '-Dserver.shutdown=graceful', '-jar', 'app.jar'], 'Spring Boot', 30_000],
  ])('%j', (command, name, timeoutMs) => expect(server(command)).toMatchObject({ name, timeoutMs, elsewhere: null }));

  it.each([[['node', 'uvicorn.js']], [['java', '-jar', 'app.jar']], [['echo', 'uvicorn-like']]])(
    'none in %j',
    (command) => expect(server(command)).toBeNull(),
  );

  it('may be set by what is not in the manifest', () => {
    const doubt = (container: object) => only(deployment({ container })).containers[0]?.server?.doubt;
    const uvicorn = { command: ['uvicorn', 'app:app'] };
    expect(doubt(uvicorn)).toBeNull();
    expect(doubt({ ...uvicorn, envFrom: [{ configMapRef: { name: 'x' } }] })).toContain('variable');
    const valueFrom = { configMapKeyRef: { name: 'x', key: 'y' } };
    expect(doubt({ ...uvicorn, env: [{ name: 'UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN', valueFrom }] })).toContain(
      'variable',
    );
    expect(doubt({ ...uvicorn, env: [{ name: 'OTHER', valueFrom }] })).toBeNull();
    expect(doubt({ command: ['gunicorn', 'app:app'] })).toContain('gunicorn.conf.py');
    expect(doubt({ command: ['gunicorn', 'app:app', '--graceful-timeout', '20'] })).toBeNull();
    expect(doubt({ command: ['java', '-Dserver.shutdown=graceful', '-jar', 'a.jar'] })).toContain(
      'application.properties',
    );
  });

  it('may stand in the environment, or where nobody sees it', () => {
    const value = (name: string, text: string) => [{ name, value: text }];
    expect(server(['uvicorn', 'a:b'], value('UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN', '9'))?.timeoutMs).toBe(9000);
    expect(server(['gunicorn', 'a:b'], value('GUNICORN_CMD_ARGS', '--graceful-timeout=8'))?.timeoutMs).toBe(8000);
    expect(server(['gunicorn', '-c', 'conf.py', 'a:b'])?.elsewhere).toContain('configuration file');
    expect(server(['uvicorn', 'a:b', '--timeout-graceful-shutdown', '$X'])?.elsewhere).toContain('$X');
  });
});

describe('what is rehearsed', () => {
  it('has what the API adds, and the words of its command put in', () => {
    const container = {
      command: ['node', 'server.js', '--port=$(PORT)', '$(UNKNOWN)', '$$(PORT)'],
      args: ['--url', '$(URL)'],
      env: [
        { name: 'PORT', value: '8080' },
        { name: 'URL', value: 'http://localhost:$(PORT)' },
        { name: 'SECRET', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      ],
      lifecycle: { stopSignal: 'SIGQUIT' },
    };
    const initContainers = [
      { name: 'init' },
      { name: 'proxy', restartPolicy: 'Always', lifecycle: { preStop: { sleep: { seconds: 3 } } } },
    ];
    expect(
      rehearsed(deployment({ container, pod: { initContainers, terminationGracePeriodSeconds: -5 } })).pod,
    ).toEqual({
      workload: { kind: 'Deployment', name: 'orders', namespace: 'default' },
      container: 'app',
      served: true,
      publishNotReadyAddresses: false,
      replicas: 1,
      gracePeriodMs: 1000,
      preStop: null,
      stopSignal: 'SIGQUIT',
      readiness: null,
      liveness: null,
      startup: null,
      sidecars: [
        {
          name: 'proxy',
          preStop: { kind: 'sleep', durationMs: 3000 },
          stopSignal: null,
          env: {},
          command: [],
        },
      ],
      env: { PORT: '8080', URL: 'http://localhost:8080' },
      command: ['node', 'server.js', '--port=8080', '$(UNKNOWN)', '$(PORT)', '--url', 'http://localhost:8080'],
    });
  });
});
