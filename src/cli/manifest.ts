import type { ManifestPlan } from '../plan/manifest.js';
import { takeFromManifest } from '../plan/from-manifest.js';
import type { RawOptions } from '../plan/options.js';
import { Reader } from '../plan/reader.js';
import type { Problem } from '../plan/resolve.js';
import { kubeVersion, sidecarCommand } from '../plan/values.js';
import type { Choice, Manifests } from '../kubernetes/manifest.js';
import type { Source } from '../kubernetes/source.js';

/** Reads standard input to its end, up to so many bytes. */
export type ReadStdin = (most: number) => Promise<string>;

/** What the command line is with a manifest beside it. */
export interface WithManifest {
  raw: RawOptions;
  command: readonly string[];
  manifest: ManifestPlan | null;
  /** What was read, for the patch that is suggested; null: nothing was. */
  opened: Opened | null;
  /** The names of the options whose values came from it. */
  taken: string[];
  problems: Problem[];
}

/** The files, and what they say. */
export interface Opened {
  sources: Source[];
  manifests: Manifests;
}

/** The options that mean something beside a manifest only. */
const BESIDE = ['workload', 'container', 'sidecar', 'kube-version', 'fix'] as const;

/**
 * The options of a run, with what its manifest says laid under what the user says. Without --manifest they are as they
 * are, and nothing is loaded.
 * @param raw all options, the defaults among them
 * @param given what somebody has said, on the command line, in the environment or in a file
 * @throws DrainCheckError `manifest-unreadable`
 */
export async function withManifest(
  raw: RawOptions,
  given: RawOptions,
  command: readonly string[],
  cwd: string,
  stdin: ReadStdin,
): Promise<WithManifest> {
  const reader = new Reader(raw);
  const names = raw['manifest'] ?? [];
  if (names.length === 0) {
    for (const name of BESIDE)
      if (reader.has(name))
        reader.complain(name, reader.text(name) ?? '', 'is about a manifest; give one with --manifest');
    return { raw, command, manifest: null, opened: null, taken: [], problems: reader.problems };
  }
  const opened = await openManifests(names, cwd, stdin);
  const { manifests } = opened;
  const choice = readChoice(reader);
  const { planRun } = await import('../kubernetes/manifest.js');
  const planned = planRun(manifests, choice);
  if ('problems' in planned)
    return { raw, command, manifest: null, opened, taken: [], problems: [...reader.problems, ...planned.problems] };
  const { plan } = planned;
  if (plan.pod === null) return { raw, command, manifest: plan, opened, taken: [], problems: reader.problems };
  const taken = takeFromManifest(plan, plan.pod, given, command);
  return {
    raw: { ...raw, ...taken.options },
    command: taken.command,
    manifest: plan,
    opened,
    taken: Object.keys(taken.options),
    problems: [...reader.problems, ...taken.problems],
  };
}

/** Reads the files, and what they say. */
export async function openManifests(names: readonly string[], cwd: string, stdin: ReadStdin): Promise<Opened> {
  const [{ readSources }, { readManifests }] = await Promise.all([
    import('../kubernetes/source.js'),
    import('../kubernetes/manifest.js'),
  ]);
  const sources = await readSources(names, cwd, stdin);
  return { sources, manifests: readManifests(sources) };
}

/** Which workload is meant, and the cluster's version. */
export function readChoice(reader: Reader): Choice {
  return {
    workload: reader.text('workload'),
    container: reader.text('container'),
    sidecars: new Map(reader.many('sidecar', sidecarCommand)),
    kubeMinor: reader.one<number | null>('kube-version', kubeVersion, null),
  };
}

/** Standard input as text, bounded, for `--manifest -`. */
export async function readStdin(most: number): Promise<string> {
  const { decode } = await import('../kubernetes/source.js');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > most) break;
  }
  return decode(Buffer.concat(chunks), '-');
}
