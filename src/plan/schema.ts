import { z } from 'zod';
import { manifestSchema } from './manifest-schema.js';
import type { Plan } from './types.js';

const endpoint = z.union([
  z.strictObject({ kind: z.literal('discover') }),
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('path'), path: z.string() }),
]);

const scenario = z.enum([
  'drain',
  'idle',
  'streams',
  'stuck',
  'repeat-signal',
  'interrupt',
  'startup',
  'pid-1',
  'kubernetes',
  'load',
  'together',
  'dependency-down',
  'jobs',
]);

const pattern = z.union([
  z.strictObject({ kind: z.literal('text'), text: z.string() }),
  z.strictObject({ kind: z.literal('regex'), source: z.string(), flags: z.string() }),
]);

const ms = z.number().nonnegative();

const tls = z.object({ ca: z.string().nullable(), servername: z.string().nullable() }).nullable();
const port = z.number().int();
const reached = { socketPath: z.string().nullable(), tls, http2: z.boolean() };
const variables = z.record(z.string(), z.string());
const signal = z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']);

const commandTarget = z.object({
  kind: z.literal('command'),
  command: z.string(),
  args: z.array(z.string()),
  cwd: z.string(),
  env: variables,
  port: port.nullable(),
  ...reached,
});

const processTarget = z.object({
  kind: z.literal('process'),
  pid: z.number().int(),
  stop: z.string().nullable(),
  cwd: z.string(),
  port: port.nullable(),
  ...reached,
});

const urlTarget = z.object({
  kind: z.literal('url'),
  host: z.string(),
  stop: z.string().nullable(),
  afterStop: z.enum(['gone', 'replaced']).nullable(),
  cwd: z.string(),
  steadyMs: ms,
  stopTimeoutMs: ms,
  port,
  ...reached,
});

const containerTarget = z.object({
  kind: z.literal('container'),
  engine: z.enum(['docker', 'podman']),
  name: z.string(),
  compose: z.boolean(),
  args: z.array(z.string()),
  runArgs: z.array(z.string()),
  env: variables,
  signal: signal.nullable(),
  cwd: z.string(),
  port: port.nullable(),
  ...reached,
});

const manifestTarget = z.object({
  kind: z.literal('manifest'),
  files: z.array(z.string()),
  cwd: z.string(),
  port: port.nullable(),
  ...reached,
});

const jobSight = z.discriminatedUnion('by', [
  z.object({ by: z.literal('log'), line: z.string() }),
  z.object({ by: z.literal('websocket'), path: z.string(), text: z.string() }),
  z.object({ by: z.literal('poll'), path: z.string(), text: pattern.nullable() }),
]);

const backends = z.object({
  databases: z.array(
    z.object({
      variable: z.string(),
      protocol: z.enum(['postgres', 'mysql', 'redis']),
      host: z.string(),
      port,
      url: z.string(),
    }),
  ),
  telemetry: z.object({ otlpPort: port.nullable(), statsdPort: port.nullable() }).nullable(),
  logs: z.object({ line: z.string().nullable() }).nullable(),
  jobs: z
    .object({
      method: z.string(),
      path: z.string(),
      body: z.string().nullable(),
      headers: z.array(z.tuple([z.string(), z.string()])),
      id: z.discriminatedUnion('from', [
        z.object({ from: z.literal('own') }),
        z.object({ from: z.literal('json'), pointer: z.string() }),
        z.object({ from: z.literal('header'), name: z.string() }),
      ]),
      done: z.array(jobSight),
      restart: z.boolean(),
      once: z.boolean(),
      count: z.number().int(),
    })
    .nullable(),
});

const question = { variable: z.string(), url: z.string() };
const workerSight = z.discriminatedUnion('by', [
  z.object({ by: z.literal('log'), line: z.string() }),
  z.object({ by: z.literal('redis'), command: z.array(z.string()), ...question }),
  z.object({ by: z.literal('sql'), query: z.string(), ...question }),
]);

const worker = z.object({
  ready: z.discriminatedUnion('by', [
    z.object({ by: z.literal('log'), text: pattern }),
    z.object({ by: z.literal('file'), path: z.string() }),
    z.object({ by: z.literal('command'), command: z.string() }),
    z.object({ by: z.literal('job') }),
  ]),
  enqueue: z.string().nullable(),
  jobs: z.object({ started: workerSight, done: workerSight }).nullable(),
  redeliveryMs: ms.nullable(),
});

/** The shape of a stored plan, its fields in the order in which they are written, for recordings that come from elsewhere. Unknown fields of newer versions are dropped. */
export const planSchema: z.ZodType<Plan> = z.object({
  target: z.discriminatedUnion('kind', [commandTarget, processTarget, urlTarget, containerTarget, manifestTarget]),
  profile: z.enum(['kubernetes', 'standalone', 'docker', 'load-balancer']),
  checks: z.array(z.string()),
  ignore: z.array(z.string()),
  strict: z.boolean(),
  allowInconclusive: z.boolean(),
  expectExit: z.array(z.number().int()),
  expectExitGiven: z.boolean(),
  routingLagMs: ms,
  signal,
  scenarios: z.array(scenario),
  readiness: endpoint,
  liveness: endpoint,
  slow: z.array(
    z.object({
      method: z.string(),
      path: z.string(),
      headers: z.array(z.tuple([z.string(), z.string()])),
      body: z.string().nullable(),
    }),
  ),
  headers: z.array(z.tuple([z.string(), z.string()])),
  requests: z.number().int(),
  streams: z.array(z.string()),
  websockets: z.array(z.string()),
  websocket: z.object({
    message: z.string().nullable(),
    goodbye: pattern.nullable(),
    closeCodes: z.array(z.number().int()),
    closeCodesGiven: z.boolean(),
    subprotocols: z.array(z.string()),
  }),
  discover: z.boolean(),
  grpc: z.array(z.object({ method: z.string(), request: z.string() })),
  proto: z.string().nullable(),
  // A recording of before there was any does not say so.
  load: z
    .object({ requests: z.number().int(), websockets: z.number().int(), idle: z.number().int(), given: z.boolean() })
    .nullable()
    .default(null),
  asPid1: z.enum(['auto', 'always', 'never']),
  parallel: z.number().int(),
  startTimeoutMs: ms,
  gracePeriodMs: ms,
  settleMs: ms,
  probeIntervalMs: ms,
  probeTimeoutMs: ms,
  attemptIntervalMs: ms,
  backends: backends.exactOptional(),
  worker: worker.exactOptional(),
  // A recording without manifests does not say so.
  manifest: manifestSchema.nullable().default(null),
  rehearsal: z
    .object({
      kubeletLagMs: ms,
      kubeletMinor: z.number().int(),
      ratePerSecond: z.number().positive(),
      timeScale: z.number().positive(),
    })
    .nullable()
    .default(null),
});
