import type { ManifestPlan } from '../plan/manifest.js';
import type { Problem } from '../plan/resolve.js';
import { suggest } from '../plan/suggest.js';
import type { ReadContainer } from './containers.js';
import { readResources } from './documents.js';
import { podPlan, type SidecarCommands } from './pod.js';
import { isBudgetOf, readBudgets } from './rollout.js';
import { nameOf, namespaceOf, readServices } from './services.js';
import { unreadable, type Source } from './source.js';
import { isWorkload, podOf, readWorkload, type ReadWorkload } from './workloads.js';

/** Everything that some files say, before anything of it is chosen. */
export interface Manifests {
  files: string[];
  notes: string[];
  workloads: ReadWorkload[];
  strayBudgets: ManifestPlan['strayBudgets'];
}

/** What a person chooses of it. */
export interface Choice {
  /** `name` or `kind/name`, or `namespace/kind/name`. */
  workload: string | null;
  container: string | null;
  sidecars: SidecarCommands;
  kubeMinor: number | null;
}

/**
 * Reads manifests and joins what belongs together.
 * @throws DrainCheckError `manifest-unreadable`: not YAML, or no workload in it
 */
export function readManifests(sources: readonly Source[]): Manifests {
  const { found, notes } = readResources(sources);
  const services = readServices(found);
  const budgets = readBudgets(found);
  const resources = found.filter(isWorkload);
  const workloads = resources.map((resource) => readWorkload(resource, { resources: found, services, budgets }));
  const files = sources.map(({ name }) => name);
  if (workloads.length === 0) {
    const also = notes.length === 0 ? '' : ` (${notes.join('; ')})`;
    throw unreadable(
      `There is no workload in ${files.map((name) => (name === '-' ? 'standard input' : name)).join(', ')}${also}.`,
      'Give the Deployment, StatefulSet, DaemonSet, ReplicaSet, Pod, Job or CronJob.',
    );
  }
  const stray = budgets.filter(
    (budget) =>
      resources.some(({ kind, field }) => namespaceOf(field) === budget.namespace && kind !== 'Job') &&
      !resources.some(({ kind, field }) => isBudgetOf(budget, namespaceOf(field), podOf(kind, field).labels)),
  );
  return {
    files,
    notes,
    workloads,
    strayBudgets: stray.map(({ field }) => ({ name: nameOf(field), at: field.get('metadata', 'name').at })),
  };
}

/** All that was read, to be judged without being played; or one workload of it. */
export function planLint(manifests: Manifests, choice: Choice): { plan: ManifestPlan } | { problems: Problem[] } {
  const chosen = choice.workload === null ? manifests.workloads : matching(manifests, choice.workload);
  if (chosen.length === 0) return { problems: [unknownWorkload(manifests, choice.workload ?? '')] };
  return {
    plan: {
      ...shared(manifests, choice),
      workloads: chosen.map(({ manifest }) => manifest),
      strayBudgets: choice.workload === null ? manifests.strayBudgets : [],
      pod: null,
      servedPort: null,
    },
  };
}

/** The one workload and container that is to be rehearsed, or what is missing to choose it. */
export function planRun(manifests: Manifests, choice: Choice): { plan: ManifestPlan } | { problems: Problem[] } {
  const candidates = choice.workload === null ? manifests.workloads : matching(manifests, choice.workload);
  const [workload, ...others] = candidates;
  if (workload === undefined) return { problems: [unknownWorkload(manifests, choice.workload ?? '')] };
  if (others.length > 0) {
    return {
      problems: [
        {
          option: '--workload',
          value: choice.workload ?? '',
          problem: `${choice.workload === null ? 'is needed, as the manifests hold several' : 'fits several'}: ${list(candidates.map(fullName))}`,
        },
      ],
    };
  }
  const container = containerOf(workload, choice.container);
  if ('problem' in container) return { problems: [{ option: '--container', ...container }] };
  const problems = [...undeclaredPorts(container), ...unknownSidecars(workload, choice.sidecars)];
  if (problems.length > 0) return { problems };
  return {
    plan: {
      ...shared(manifests, choice),
      workloads: [workload.manifest],
      strayBudgets: [],
      pod: podPlan(workload, container, choice.sidecars),
      servedPort: workload.served.get(container.manifest.name) ?? null,
    },
  };
}

function shared(
  { files, notes }: Manifests,
  { kubeMinor }: Choice,
): Pick<ManifestPlan, 'files' | 'notes' | 'kubeMinor'> {
  return { files, notes, kubeMinor };
}

function fullName({ manifest }: ReadWorkload): string {
  const { kind, name, namespace } = manifest;
  return `${namespace === 'default' ? '' : `${namespace}/`}${kind}/${name}`;
}

function matching({ workloads }: Manifests, wanted: string): ReadWorkload[] {
  const lower = wanted.toLowerCase();
  return workloads.filter((one) => {
    const { kind, name, namespace } = one.manifest;
    const names = [name, `${kind}/${name}`, `${namespace}/${name}`, `${namespace}/${kind}/${name}`];
    return names.some((known) => known.toLowerCase() === lower);
  });
}

function unknownWorkload({ workloads }: Manifests, wanted: string): Problem {
  const near = suggest(
    wanted,
    workloads.map(({ manifest }) => manifest.name),
  );
  const meant = near === null ? '' : ` did you mean ${near}?`;
  return {
    option: '--workload',
    value: wanted,
    problem: `is not in the manifests;${meant} they hold ${list(workloads.map(fullName))}`,
  };
}

/** The container that is meant: by its name, the only one, or the only one that clients are sent to. */
function containerOf(
  { manifest, containers }: ReadWorkload,
  wanted: string | null,
): ReadContainer | { value: string; problem: string } {
  const names = list(containers.map((one) => one.manifest.name));
  if (wanted !== null) {
    const found = containers.find((one) => one.manifest.name === wanted);
    return (
      found ?? { value: wanted, problem: `is not in ${manifest.kind}/${manifest.name}; its containers are ${names}` }
    );
  }
  const served = containers.filter((one) => one.manifest.servedBy !== null);
  const [only, ...others] = served.length === 1 ? served : containers;
  if (only === undefined)
    return { value: '', problem: `cannot be found: ${manifest.kind}/${manifest.name} has no container` };
  return others.length === 0
    ? only
    : { value: '', problem: `is needed, as ${manifest.kind}/${manifest.name} has several: ${names}` };
}

/** A probe that asks a port nobody declared is refused by nobody and never answered: there is nothing to rehearse. */
function undeclaredPorts({ manifest }: ReadContainer): Problem[] {
  return Object.entries(manifest.probes).flatMap(([name, probe]) => {
    if (probe?.undeclared == null) return [];
    const { value, at } = probe.undeclared;
    return [
      {
        option: '--manifest',
        value: `${at.file}:${at.line}:${at.column}`,
        problem: `has a ${name} probe on the port ${JSON.stringify(value)}, which the container ${manifest.name} does not declare; name it in its ports`,
      },
    ];
  });
}

/** What is to be started for a sidecar that is none would never be. */
function unknownSidecars({ manifest, sidecars }: ReadWorkload, given: SidecarCommands): Problem[] {
  const names = sidecars.map((one) => one.manifest.name);
  const known =
    names.length === 0 ? 'it has none (init containers with restartPolicy: Always)' : `they are ${list(names)}`;
  return [...given.keys()]
    .filter((name) => !names.includes(name))
    .map((value) => ({
      option: '--sidecar',
      value,
      problem: `is no native sidecar of ${manifest.kind}/${manifest.name}; ${known}`,
    }));
}

/** As many as can be read at a glance. */
function list(names: readonly string[]): string {
  const shown = names.slice(0, 20);
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}
