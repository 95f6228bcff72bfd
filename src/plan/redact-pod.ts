import type { HookPlan, PodPlan, PodProbe, PodRequest } from './pod.js';

const HIDDEN = '[redacted]';

/**
 * A pod that may be stored and shown: values of variables and headers are hidden, and credentials in commands and paths.
 * @param redactText hides credentials in a text
 */
export function redactPod(pod: PodPlan, redactText: (text: string) => string): PodPlan {
  const request = (one: PodRequest): PodRequest => ({
    ...one,
    path: redactText(one.path),
    headers: one.headers.map(([name]) => [name, HIDDEN]),
  });
  const hook = (one: HookPlan | null): HookPlan | null => {
    if (one?.kind === 'exec') return { ...one, command: one.command.map(redactText) };
    return one?.kind === 'http' ? { ...one, request: request(one.request) } : one;
  };
  const probe = (one: PodProbe | null): PodProbe | null => {
    if (one?.ask.kind === 'exec') return { ...one, ask: { ...one.ask, command: one.ask.command.map(redactText) } };
    return one?.ask.kind === 'http' ? { ...one, ask: { ...one.ask, request: request(one.ask.request) } } : one;
  };
  return {
    ...pod,
    preStop: hook(pod.preStop),
    readiness: probe(pod.readiness),
    liveness: probe(pod.liveness),
    startup: probe(pod.startup),
    sidecars: pod.sidecars.map((sidecar) => ({ ...sidecar, preStop: hook(sidecar.preStop) })),
    env: Object.fromEntries(Object.keys(pod.env).map((name) => [name, HIDDEN])),
    command: pod.command.map(redactText),
  };
}
