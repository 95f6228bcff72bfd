import { z } from 'zod';
import type { ManifestPlan } from './manifest.js';
import type { PodPlan } from './pod.js';

const at = z.object({ file: z.string(), line: z.number().int(), column: z.number().int() });
const placed = <T extends z.ZodType>(value: T) => z.object({ value, given: z.boolean(), at });
const number = z.number();
const text = z.string();
const texts = z.array(z.string());

const request = z.object({
  scheme: z.enum(['HTTP', 'HTTPS']),
  host: text.nullable(),
  port: number,
  path: text,
  headers: z.array(z.tuple([text, text])),
});
const exec = z.object({ kind: z.literal('exec'), command: texts });
const http = z.object({ kind: z.literal('http'), request });
const tcp = z.object({ kind: z.literal('tcp'), port: number });
const sleep = z.object({ kind: z.literal('sleep'), durationMs: number });
const grpc = z.object({ kind: z.literal('grpc'), port: number, service: text });
const hook = z.discriminatedUnion('kind', [exec, http, tcp, sleep]);

const signal = z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']);

const probe = z.object({
  ask: z.discriminatedUnion('kind', [http, tcp, grpc, exec]),
  initialDelayMs: number,
  periodMs: number,
  timeoutMs: number,
  successThreshold: number,
  failureThreshold: number,
  gracePeriodMs: number.nullable(),
});

const pod: z.ZodType<PodPlan> = z.object({
  workload: z.object({ kind: text, name: text, namespace: text }),
  container: text,
  served: z.boolean(),
  publishNotReadyAddresses: z.boolean(),
  replicas: number,
  gracePeriodMs: number,
  preStop: hook.nullable(),
  stopSignal: signal.nullable(),
  readiness: probe.nullable(),
  liveness: probe.nullable(),
  startup: probe.nullable(),
  sidecars: z.array(
    z.object({
      name: text,
      preStop: hook.nullable(),
      stopSignal: signal.nullable(),
      env: z.record(text, text),
      command: texts,
    }),
  ),
  env: z.record(text, text),
  command: texts,
});

const healthCheck = z.object({
  asks: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('http'), path: text }),
    z.object({ kind: z.literal('tcp') }),
    z.object({ kind: z.literal('readiness') }),
  ]),
  intervalMs: number.nullable(),
  timeoutMs: number.nullable(),
  threshold: number,
  at,
});

const service = z.object({
  name: text,
  at,
  headless: z.boolean(),
  publishNotReady: at.nullable(),
  local: at.nullable(),
  balancers: z.array(z.object({ name: text, lagMs: number, healthCheck: healthCheck.nullable().default(null), at })),
});

const placedProbe = z
  .object({ at, probe, undeclared: placed(text).nullable(), graceAt: at.nullable(), timeoutAt: at })
  .nullable();

const container = z.object({
  name: text,
  image: text,
  at,
  servedBy: text.nullable(),
  preStop: z.object({ hook, takesMs: number.nullable(), at }).nullable(),
  stopSignal: z.object({ name: text, at }).nullable(),
  probes: z.object({ readiness: placedProbe, liveness: placedProbe, startup: placedProbe }),
  command: texts,
  commandAt: at,
  entrypointGiven: z.boolean(),
  server: z
    .object({
      name: text,
      option: text,
      timeoutMs: number.nullable(),
      byDefault: text,
      elsewhere: text.nullable(),
      doubt: text.nullable(),
      at,
    })
    .nullable(),
});

const workload = z.object({
  kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Pod', 'Job', 'CronJob']),
  name: text,
  namespace: text,
  at,
  replicas: placed(number),
  rollout: z.object({ type: placed(text), maxUnavailable: placed(number).nullable() }),
  minReadySeconds: placed(number),
  graceSeconds: placed(number),
  osName: text.nullable(),
  spot: at.nullable(),
  istio: at.nullable(),
  readinessGates: number,
  services: z.array(service),
  budgets: z.array(z.object({ name: text, at, allowed: number, setting: placed(text) })),
  autoscaler: z.object({ name: text, min: number, at }).nullable(),
  containers: z.array(container),
});

/** The shape of what was read of manifests, in a stored plan. */
export const manifestSchema: z.ZodType<ManifestPlan> = z.object({
  files: texts,
  notes: texts,
  kubeMinor: number.int().nullable(),
  workloads: z.array(workload),
  strayBudgets: z.array(z.object({ name: text, at })),
  pod: pod.nullable(),
  servedPort: number.int().nullable(),
});
