import type { ManifestPlan } from './manifest.js';
import type { RawOptions } from './options.js';
import type { PodPlan, PodProbe } from './pod.js';
import type { Problem } from './resolve.js';
import * as values from './values.js';

/** What a run takes from its manifest where the user says nothing else. */
export interface Taken {
  options: RawOptions;
  command: string[];
  problems: Problem[];
}

/** Options that name a target which is not a command. */
const OTHER_TARGETS = ['pid', 'url', 'docker', 'compose'];
/** However short the grace period, a container has this long from its signal to SIGKILL (kuberuntime_container.go). */
const FLOOR_MS = 2000;

/**
 * Options that follow from a manifest, by their names, and the command that it names.
 * @param given what the user gave, without defaults
 */
export function takeFromManifest(
  manifest: ManifestPlan,
  pod: PodPlan,
  given: RawOptions,
  command: readonly string[],
): Taken {
  const options: RawOptions = {};
  const problems: Problem[] = [];
  const other = OTHER_TARGETS.find((name) => given[name] !== undefined);
  const missing = (name: string) => given[name] === undefined;
  if (missing('grace-period')) options['grace-period'] = [`${Math.max(FLOOR_MS, pod.gracePeriodMs)}ms`];
  if (missing('signal') && pod.stopSignal !== null && other !== 'url') options['signal'] = [pod.stopSignal];
  const ready = pathOf(pod.readiness, manifest);
  const live = pathOf(pod.liveness, manifest);
  if (missing('ready') && ready !== null) options['ready'] = [ready.path];
  // Where both ask the same with the same patience, another liveness endpoint is looked for, to be suggested.
  const shared =
    pod.readiness !== null &&
    pod.liveness !== null &&
    live?.path === ready?.path &&
    patience(pod.liveness) === patience(pod.readiness);
  if (missing('live') && live !== null && !shared) options['live'] = [live.path];
  if (other !== undefined) return { options, command: [...command], problems };
  // A free port is given in PORT: the one in the manifest may be taken on this machine.
  const env = Object.entries(pod.env).filter(([name]) => name !== 'PORT');
  if (env.length > 0) options['env'] = [...env.map(([name, value]) => `${name}=${value}`), ...(given['env'] ?? [])];
  if (missing('https') && (ready ?? live)?.scheme === 'HTTPS') options['https'] = ['true'];
  if (command.length > 0) return { options, command: [...command], problems };
  const container = manifest.workloads[0]?.containers.find(({ name }) => name === pod.container);
  if (container?.entrypointGiven !== true)
    problems.push({
      option: 'command',
      value: '',
      problem: `is missing, and the container ${pod.container} has no command in the manifest but that of its image; give it after --, or the image with --docker`,
    });
  return { options, command: pod.command, problems };
}

/** What a manifest says to the image of its container, where nobody says otherwise. */
export interface InImage {
  env: Record<string, string>;
  /** Instead of the image's own; null: that. */
  entrypoint: string | null;
  args: string[];
}

/** What an image is run with because of the manifest; null without a pod. A container that runs already has it. */
export function inImage({ pod, workloads }: ManifestPlan): InImage | null {
  if (pod === null) return null;
  const container = workloads[0]?.containers.find(({ name }) => name === pod.container);
  const [first = null, ...rest] = pod.command;
  const env = Object.fromEntries(Object.entries(pod.env).filter(([name]) => name !== 'PORT'));
  return container?.entrypointGiven === true
    ? { env, entrypoint: first, args: rest }
    : { env, entrypoint: null, args: pod.command };
}

/** For how long a probe has to fail until it counts. Milliseconds. */
function patience({ failureThreshold, periodMs }: PodProbe): number {
  return failureThreshold * periodMs;
}

/** The path of an HTTP probe that asks where clients are sent; what is asked on another port is not asked there. */
function pathOf(probe: PodProbe | null, { servedPort }: ManifestPlan): { path: string; scheme: string } | null {
  if (probe?.ask.kind !== 'http') return null;
  const { path, port, scheme, host } = probe.ask.request;
  if (host !== null || (servedPort !== null && port !== servedPort)) return null;
  return 'value' in values.requestPath(path) ? { path, scheme } : null;
}
