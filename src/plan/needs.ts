import { NO_BACKENDS, type BackendsPlan } from './backends.js';
import type { ManifestPlan } from './manifest.js';
import type { RawOptions } from './options.js';
import type { Reader } from './reader.js';
import type { LoadPlan, Need, Needs, TargetPlan } from './types.js';
import type { WorkerPlan } from './worker.js';

/** Why a scenario or check that was asked for by name is not to be had, and what would change that. */
const WORDS: Record<Need, string> = {
  listener: 'is about what comes over connections, and a queue worker listens to nobody; leave out --worker',
  replacement: 'is about a service that is replaced behind its URL; give that with --url',
  manifest: 'is about a Kubernetes manifest; give one with --manifest <file>',
  database: 'is about databases; name the variable that holds the URL of one with --database <ENV_NAME>',
  'service-database':
    'is about a service with a database; name the variable that holds its URL with --database <ENV_NAME>, without --worker',
  telemetry: 'is about telemetry; have it received with --telemetry',
  jobs: 'is about accepted jobs; say how one is submitted with --job',
  worker: 'is about a queue worker; give --worker',
  logs: 'is about what the target logs; give --logs or --log-line',
  load: 'is about many connections; give --load',
};

/** What the target and the options of a run give that some scenarios and checks are about. */
export function givenNeeds(
  target: TargetPlan,
  manifest: ManifestPlan | null,
  load: LoadPlan | null,
  backends: BackendsPlan = NO_BACKENDS,
  worker: WorkerPlan | null = null,
): ReadonlySet<Need> {
  const given: Record<Need, boolean> = {
    listener: worker === null,
    replacement: target.kind === 'url',
    manifest: manifest !== null,
    database: backends.databases.length > 0,
    'service-database': backends.databases.length > 0 && worker === null,
    telemetry: backends.telemetry !== null,
    logs: backends.logs !== null,
    jobs: backends.jobs !== null,
    worker: worker !== null,
    load: load !== null,
  };
  return new Set((Object.keys(given) as Need[]).filter((need) => given[need]));
}

/** Whether what a scenario or check is about, if it is about anything special, is given. */
export function isMet(needs: Needs | undefined, given: ReadonlySet<Need>): boolean {
  return needs === undefined || listOf(needs).some((need) => given.has(need));
}

function listOf(needs: Needs): readonly Need[] {
  return typeof needs === 'string' ? [needs] : needs;
}

/** What is asked for by name and cannot be had, is said. */
export function refuseUnmet(
  reader: Reader,
  raw: RawOptions,
  needs: Readonly<Record<string, Needs>>,
  given: ReadonlySet<Need>,
): void {
  const wanted = (raw['only'] ?? []).flatMap((text) => text.split(',')).map((id) => id.trim());
  for (const id of wanted) {
    const need = needs[id];
    if (need === undefined || isMet(need, given)) continue;
    const words = listOf(need).map((one) => WORDS[one]);
    reader.complain('only', id, words.join('; or it '));
  }
}
