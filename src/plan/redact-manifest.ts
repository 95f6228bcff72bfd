import type { ContainerManifest, ManifestPlan, ProbeManifest } from './manifest.js';
import type { HookPlan, PodPlan, PodProbe, PodRequest } from './pod.js';

/** How text and values are hidden. */
export interface Redaction {
  text: (text: string) => string;
  /** Of a command that variables were put into. */
  words: (words: readonly string[], env: Record<string, string>) => string[];
  hidden: string;
}

/** A manifest that may be stored and shown: values of variables and headers, and credentials in commands, are hidden. */
export function redactManifest(manifest: ManifestPlan, redaction: Redaction): ManifestPlan {
  return {
    ...manifest,
    workloads: manifest.workloads.map((workload) => ({
      ...workload,
      containers: workload.containers.map((one) => redactContainer(one, redaction)),
    })),
    pod: manifest.pod === null ? null : redactPod(manifest.pod, redaction),
  };
}

function redactPod(pod: PodPlan, redaction: Redaction): PodPlan {
  const hook = (one: HookPlan | null) => (one === null ? null : redactHook(one, redaction));
  const probe = (one: PodProbe | null) => (one === null ? null : redactProbe(one, redaction));
  return {
    ...pod,
    preStop: hook(pod.preStop),
    readiness: probe(pod.readiness),
    liveness: probe(pod.liveness),
    startup: probe(pod.startup),
    sidecars: pod.sidecars.map((one) => ({
      ...one,
      preStop: hook(one.preStop),
      env: hideValues(one.env, redaction),
      command: redaction.words(one.command, one.env),
    })),
    env: hideValues(pod.env, redaction),
    command: redaction.words(pod.command, pod.env),
  };
}

function hideValues(env: Record<string, string>, { hidden }: Redaction): Record<string, string> {
  return Object.fromEntries(Object.keys(env).map((name) => [name, hidden]));
}

function redactContainer(container: ContainerManifest, redaction: Redaction): ContainerManifest {
  const probe = (one: ProbeManifest | null) =>
    one === null ? null : { ...one, probe: redactProbe(one.probe, redaction) };
  const { preStop, probes } = container;
  return {
    ...container,
    preStop: preStop === null ? null : { ...preStop, hook: redactHook(preStop.hook, redaction) },
    probes: {
      readiness: probe(probes.readiness),
      liveness: probe(probes.liveness),
      startup: probe(probes.startup),
    },
    command: container.command.map(redaction.text),
  };
}

function redactHook(hook: HookPlan, redaction: Redaction): HookPlan {
  switch (hook.kind) {
    case 'exec':
      return { ...hook, command: hook.command.map(redaction.text) };
    case 'http':
      return { ...hook, request: redactRequest(hook.request, redaction) };
    case 'tcp':
    case 'sleep':
      return hook;
  }
}

function redactProbe(probe: PodProbe, redaction: Redaction): PodProbe {
  const { ask } = probe;
  switch (ask.kind) {
    case 'exec':
      return { ...probe, ask: { ...ask, command: ask.command.map(redaction.text) } };
    case 'http':
      return { ...probe, ask: { ...ask, request: redactRequest(ask.request, redaction) } };
    case 'tcp':
    case 'grpc':
      return probe;
  }
}

function redactRequest(request: PodRequest, { text, hidden }: Redaction): PodRequest {
  return { ...request, path: text(request.path), headers: request.headers.map(([name]) => [name, hidden]) };
}
