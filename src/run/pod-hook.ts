import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../plan/durations.js';
import type { HookPlan } from '../plan/pod.js';
import { redactText } from '../plan/redact.js';
import { askAsKubelet } from '../probes/kubelet-http.js';
import type { InsideRun } from '../target/inside.js';
import type { PodAddress } from './pod-address.js';

/** How a hook went; null: it did what it was to do. */
export interface HookResult {
  failure: string | null;
  /** What there is to know about it otherwise. */
  detail: string | null;
}

/** A hook that runs. */
export interface HookRun {
  /** Never rejects. */
  done: Promise<HookResult>;
  /** Nobody waits for it any more. What runs in the target's container goes on, as the kubelet has it. */
  abandon: () => void;
  /** The container is gone, and with it all that ran in it. */
  kill: () => void;
}

/** What a hook needs to run. */
export interface HookStage {
  /** Where the pod is. */
  address: PodAddress;
  inside: ((command: readonly string[]) => InsideRun) | null;
  minor: number;
  timeScale: number;
}

const WELL: HookResult = { failure: null, detail: null };

/** What a hook does, in a few words. */
export function hookWords(hook: HookPlan): string {
  switch (hook.kind) {
    case 'exec':
      return redactText(hook.command.join(' ')).slice(0, 200);
    case 'http':
      return `GET ${redactText(hook.request.path).slice(0, 200)}`;
    case 'tcp':
      return 'tcpSocket';
    case 'sleep':
      return `sleep ${formatDuration(hook.durationMs)}`;
  }
}

/** Runs a preStop hook for real, as the kubelet would (pkg/kubelet/lifecycle/handlers.go). */
export function runHook(hook: HookPlan, stage: HookStage): HookRun {
  switch (hook.kind) {
    case 'exec':
      return runExec(hook.command, stage);
    case 'http':
      return runHttp(hook, stage);
    case 'tcp':
      return ended({ failure: 'tcpSocket is no hook that a kubelet can run', detail: null });
    case 'sleep':
      return runSleep(hook.durationMs / stage.timeScale);
  }
}

function ended(result: HookResult): HookRun {
  return { done: Promise.resolve(result), abandon: () => undefined, kill: () => undefined };
}

function runSleep(ms: number): HookRun {
  const stopped = new AbortController();
  const done = sleep(ms, WELL, { signal: stopped.signal }).catch(() => WELL);
  return { done, abandon: () => stopped.abort(), kill: () => stopped.abort() };
}

/** An exec hook has no time limit of its own. */
function runExec(command: readonly string[], { inside }: HookStage): HookRun {
  if (inside === null) return ended({ failure: 'a command cannot be run in this target', detail: null });
  const run = inside(command);
  const done = run.done.then(({ code, signal, output }): HookResult => {
    if (code === 0) return WELL;
    const how = signal === null ? `exit ${code ?? 'unknown'}` : signal;
    const said = output === '' ? '' : `: ${output.split('\n').at(-1) ?? ''}`;
    return { failure: `${how}${said}`.slice(0, 300), detail: null };
  });
  return { done, abandon: () => undefined, kill: run.kill };
}

/** Nothing but the lack of an answer is a failure: the kubelet does not look at the status. */
function runHttp({ request }: Extract<HookPlan, { kind: 'http' }>, { address, minor }: HookStage): HookRun {
  const url = address.urlOf(request);
  if (url === null)
    return ended({
      failure: `it is for ${request.host ?? 'another host'}, which is not asked from here`,
      detail: null,
    });
  const stopped = new AbortController();
  const asked = askAsKubelet({ url, headers: request.headers, minor, timeoutMs: null, abort: stopped.signal });
  const done = asked.then((outcome): HookResult =>
    outcome.kind === 'status'
      ? { failure: null, detail: `answered ${outcome.status}` }
      : { failure: outcome.kind, detail: null },
  );
  return { done, abandon: () => stopped.abort(), kill: () => stopped.abort() };
}
