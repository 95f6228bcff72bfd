import { NO_BACKENDS, type BackendsPlan, type DatabasePlan, type JobsPlan } from '../../src/plan/backends.js';
import type { AfterStop, Plan } from '../../src/plan/types.js';
import type { WorkerPlan } from '../../src/plan/worker.js';
import { CHECKS } from '../../src/checks/index.js';

/** A plan as `drain-check --slow /slow -- node server.js` would have it, with what a test wants changed. */
export function examplePlan(changes: Partial<Plan> = {}): Plan {
  return {
    target: {
      kind: 'command',
      command: 'node',
      args: ['server.js'],
      cwd: '/srv',
      env: {},
      port: null,
      socketPath: null,
      tls: null,
      http2: false,
    },
    profile: 'kubernetes',
    signal: 'SIGTERM',
    scenarios: ['drain', 'idle'],
    checks: CHECKS.filter(({ needs }) => needs === undefined || needs === 'listener').map((check) => check.id),
    ignore: [],
    strict: false,
    allowInconclusive: false,
    expectExit: [0],
    expectExitGiven: false,
    readiness: { kind: 'discover' },
    liveness: { kind: 'discover' },
    slow: [{ method: 'GET', path: '/slow', headers: [], body: null }],
    headers: [],
    requests: 5,
    streams: [],
    websockets: [],
    websocket: {
      message: null,
      goodbye: null,
      closeCodes: [1000, 1001, 1012],
      closeCodesGiven: false,
      subprotocols: [],
    },
    discover: true,
    grpc: [],
    proto: null,
    load: null,
    asPid1: 'auto',
    parallel: 1,
    startTimeoutMs: 30_000,
    gracePeriodMs: 30_000,
    settleMs: 0,
    routingLagMs: 5000,
    probeIntervalMs: 10,
    probeTimeoutMs: 1000,
    attemptIntervalMs: 50,
    manifest: null,
    rehearsal: null,
    ...changes,
  };
}

/** The same for a service that is known by its URL. */
export function urlPlan(afterStop: AfterStop | null = null, changes: Partial<Plan> = {}): Plan {
  return examplePlan({
    target: {
      kind: 'url',
      host: '127.0.0.1',
      stop: 'stop it',
      afterStop,
      cwd: '/srv',
      steadyMs: 3000,
      stopTimeoutMs: 300_000,
      port: 8080,
      socketPath: null,
      tls: null,
      http2: false,
    },
    scenarios: ['drain', 'idle', 'streams', 'together'],
    checks: CHECKS.map((check) => check.id),
    ...changes,
  });
}

/** The same for a process that runs already. */
export function processPlan(changes: Partial<Plan> = {}): Plan {
  return examplePlan({
    target: {
      kind: 'process',
      pid: 100,
      stop: null,
      cwd: '/srv',
      port: null,
      socketPath: null,
      tls: null,
      http2: false,
    },
    scenarios: ['drain', 'idle', 'streams', 'together'],
    ...changes,
  });
}

/** The same for a container that is taken, or for an image that is run for each life. */
export function containerPlan(changes: Partial<Plan> = {}): Plan {
  return examplePlan({
    target: {
      kind: 'container',
      engine: 'docker',
      name: 'web',
      compose: false,
      args: [],
      runArgs: [],
      env: {},
      signal: null,
      cwd: '/srv',
      port: null,
      socketPath: null,
      tls: null,
      http2: false,
    },
    scenarios: ['drain', 'idle', 'streams', 'together'],
    ...changes,
  });
}

/** The same with something behind the service that is looked at. */
export function backendsPlan(backends: Partial<BackendsPlan>, changes: Partial<Plan> = {}): Plan {
  return examplePlan({ ...changes, backends: { ...NO_BACKENDS, ...backends } });
}

/** A database as it stands in a plan. */
export const POSTGRES: DatabasePlan = {
  variable: 'DATABASE_URL',
  protocol: 'postgres',
  host: 'db',
  port: 5432,
  url: 'postgres://u:p@db/x',
};

/** Jobs that are told of on a WebSocket. */
export const JOBS: JobsPlan = {
  method: 'POST',
  path: '/tasks',
  body: '{"ref":"{{uuid}}"}',
  headers: [],
  id: { from: 'own' },
  done: [{ by: 'websocket', path: '/ws', text: '{{id}}' }],
  restart: false,
  once: false,
  count: 2,
};

/** The same for a queue worker whose jobs show in its output. */
export function workerPlan(worker: Partial<WorkerPlan> = {}): Plan {
  return examplePlan({
    scenarios: ['drain', 'repeat-signal', 'interrupt'],
    checks: CHECKS.filter(({ needs }) => needs === undefined || needs === 'worker').map((check) => check.id),
    slow: [],
    worker: {
      ready: { by: 'log', text: { kind: 'text', text: 'ready' } },
      enqueue: null,
      jobs: { started: { by: 'log', line: 'started {{id}}' }, done: { by: 'log', line: 'done {{id}}' } },
      redeliveryMs: null,
      ...worker,
    },
  });
}
