import { z } from 'zod';
import type { PodPlan } from './pod.js';

const ms = z.number().nonnegative();
const port = z.number().int();
const command = z.array(z.string());
const signal = z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1', 'SIGUSR2']);

const request = z.object({
  scheme: z.enum(['HTTP', 'HTTPS']),
  host: z.string().nullable(),
  port,
  path: z.string(),
  headers: z.array(z.tuple([z.string(), z.string()])),
});

const hook = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('exec'), command }),
    z.object({ kind: z.literal('http'), request }),
    z.object({ kind: z.literal('tcp'), port }),
    z.object({ kind: z.literal('sleep'), durationMs: ms }),
  ])
  .nullable();

const probe = z
  .object({
    ask: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('http'), request }),
      z.object({ kind: z.literal('tcp'), port }),
      z.object({ kind: z.literal('grpc'), port, service: z.string() }),
      z.object({ kind: z.literal('exec'), command }),
    ]),
    initialDelayMs: ms,
    periodMs: ms,
    timeoutMs: ms,
    successThreshold: z.number().int(),
    failureThreshold: z.number().int(),
    gracePeriodMs: ms.nullable(),
  })
  .nullable();

/** The shape of a pod in a stored plan. */
export const podSchema: z.ZodType<PodPlan> = z.object({
  workload: z.object({ kind: z.string(), name: z.string(), namespace: z.string() }),
  container: z.string(),
  served: z.boolean(),
  publishNotReadyAddresses: z.boolean(),
  replicas: z.number(),
  gracePeriodMs: z.number(),
  preStop: hook,
  stopSignal: signal.nullable(),
  readiness: probe,
  liveness: probe,
  startup: probe,
  sidecars: z.array(z.object({ name: z.string(), preStop: hook })),
  env: z.record(z.string(), z.string()),
  command,
});
