import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What the files of a service tell of how it is started and asked; null where they do not. Each with where it is from. */
export interface Guess {
  command: Guessed<string[]> | null;
  readiness: Guessed<string> | null;
  liveness: Guessed<string> | null;
  gracePeriodSeconds: Guessed<number> | null;
}

export interface Guessed<T> {
  value: T;
  from: string;
}

const MANIFEST_DIRECTORIES = ['.', 'k8s', 'kubernetes', 'deploy', 'deployment', 'manifests'];
/** So many files of a directory are looked into. */
const MOST_FILES = 50;

/** Looks into package.json, Dockerfile, Procfile and Kubernetes manifests. What cannot be read tells nothing. */
export async function guess(directory: string): Promise<Guess> {
  const manifests = await guessFromManifests(directory);
  return {
    // What production runs comes before what a developer types.
    command: fromDockerfile(directory) ?? fromProcfile(directory) ?? fromPackage(directory),
    readiness: manifests.readiness ?? null,
    liveness: manifests.liveness ?? null,
    gracePeriodSeconds: manifests.gracePeriodSeconds ?? null,
  };
}

function read(directory: string, name: string): string | null {
  try {
    return readFileSync(path.join(directory, name), 'utf8');
  } catch {
    return null;
  }
}

/** The last CMD or ENTRYPOINT in its list form; what needs a shell is started by one, which keeps the signal. */
function fromDockerfile(directory: string): Guessed<string[]> | null {
  const text = read(directory, 'Dockerfile') ?? read(directory, 'Containerfile');
  const lists = [...(text ?? '').matchAll(/^\s*(ENTRYPOINT|CMD)\s+(\[.*\])\s*$/gim)];
  const last = (kind: string) => lists.filter(([, name]) => name?.toUpperCase() === kind).at(-1)?.[2] ?? '[]';
  const words = [...wordsOf(last('ENTRYPOINT')), ...wordsOf(last('CMD'))];
  return words.length === 0 ? null : { value: words, from: 'Dockerfile' };
}

function wordsOf(list: string): string[] {
  try {
    const words: unknown = JSON.parse(list);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : [];
  } catch {
    return [];
  }
}

function fromProcfile(directory: string): Guessed<string[]> | null {
  const line = /^web:\s*(.+?)\s*$/m.exec(read(directory, 'Procfile') ?? '')?.[1];
  return line === undefined ? null : { value: commandOf(line), from: 'Procfile' };
}

function fromPackage(directory: string): Guessed<string[]> | null {
  const text = read(directory, 'package.json');
  if (text === null) return null;
  try {
    const { scripts = {}, main } = JSON.parse(text) as { scripts?: Record<string, unknown>; main?: unknown };
    if (typeof scripts['start'] === 'string')
      return {
        value: isPlain(scripts['start']) ? commandOf(scripts['start']) : ['npm', 'start'],
        from: 'package.json',
      };
    if (typeof main === 'string' && existsSync(path.join(directory, main)))
      return { value: ['node', main], from: 'package.json' };
  } catch {
    return null;
  }
  return null;
}

/** Whether a command line means the same without a shell, and without npm's path. */
function isPlain(line: string): boolean {
  return /^(node|bun|deno|python3?|ruby|java)\s/.test(line) && !/["'`$|&;<>\\*?]/.test(line);
}

function commandOf(line: string): string[] {
  return /["'`$|&;<>\\*?]/.test(line) ? ['sh', '-c', `exec ${line}`] : line.trim().split(/\s+/);
}

async function guessFromManifests(directory: string): Promise<Partial<Guess>> {
  const found: Partial<Guess> = {};
  for (const name of MANIFEST_DIRECTORIES.flatMap((folder) => yamlFiles(directory, folder))) {
    const text = read(directory, name) ?? '';
    if (!/terminationGracePeriodSeconds|readinessProbe|livenessProbe/.test(text)) continue;
    const { parseAllDocuments } = await import('yaml');
    for (const document of [parseAllDocuments(text)].flat()) {
      try {
        collect(document.toJS() as unknown, name, found);
      } catch {
        // Aliases without end, or no YAML at all (a template): it tells nothing.
      }
    }
  }
  return found;
}

function yamlFiles(directory: string, folder: string): string[] {
  try {
    return readdirSync(path.join(directory, folder))
      .filter((name) => /\.ya?ml$/.test(name))
      .slice(0, MOST_FILES)
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}

/** Takes the first of each thing, wherever it stands in a document. */
function collect(value: unknown, from: string, found: Partial<Guess>, depth = 0): void {
  if (typeof value !== 'object' || value === null || depth > 20) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'terminationGracePeriodSeconds' && typeof inner === 'number')
      found.gracePeriodSeconds ??= { value: inner, from };
    const probed = key === 'readinessProbe' ? 'readiness' : key === 'livenessProbe' ? 'liveness' : null;
    const asked = (inner as { httpGet?: { path?: unknown } } | null)?.httpGet?.path;
    if (probed !== null && typeof asked === 'string' && asked.startsWith('/')) found[probed] ??= { value: asked, from };
    collect(inner, from, found, depth + 1);
  }
}
