import type { ManifestPlan } from './manifest.js';
import type { RawOptions } from './options.js';
import type { Reader } from './reader.js';
import type { LoadPlan, Need, TargetPlan } from './types.js';

/** Why a scenario or check that was asked for by name is not to be had, and what would change that. */
const WORDS: Record<Need, string> = {
  replacement: 'is about a service that is replaced behind its URL; give that with --url',
  manifest: 'is about a Kubernetes manifest; give one with --manifest <file>',
  database: 'is about databases; name the variable that holds the URL of one with --database <ENV_NAME>',
  telemetry: 'is about telemetry; have it received with --telemetry',
  jobs: 'is about accepted jobs; say how one is submitted with --job',
  worker: 'is about a queue worker; give --worker',
  load: 'is about many connections; give --load',
};

/** What the target and the options of a run give that some scenarios and checks are about. */
export function givenNeeds(
  target: TargetPlan,
  load: LoadPlan | null,
  manifest: ManifestPlan | null,
): ReadonlySet<Need> {
  const given: Record<Need, boolean> = {
    replacement: target.kind === 'url',
    manifest: manifest !== null,
    database: false,
    telemetry: false,
    jobs: false,
    worker: false,
    load: load !== null,
  };
  return new Set((Object.keys(given) as Need[]).filter((need) => given[need]));
}

/** Whether what a scenario or check is about, if it is about anything special, is given. */
export function isMet(need: Need | undefined, given: ReadonlySet<Need>): boolean {
  return need === undefined || given.has(need);
}

/** What is asked for by name and cannot be had, is said. */
export function refuseUnmet(
  reader: Reader,
  raw: RawOptions,
  needs: Readonly<Record<string, Need>>,
  given: ReadonlySet<Need>,
): void {
  const wanted = (raw['only'] ?? []).flatMap((text) => text.split(',')).map((id) => id.trim());
  for (const id of wanted) {
    const need = needs[id];
    if (need !== undefined && !isMet(need, given)) reader.complain('only', id, WORDS[need]);
  }
}
