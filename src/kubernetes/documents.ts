import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import type { Position } from '../plan/manifest.js';
import { Field } from './field.js';
import { boundAliases } from './aliases.js';
import { unreadable, type Source } from './source.js';

/** One resource of a manifest. */
export interface Resource {
  kind: string;
  field: Field;
}

export interface Resources {
  found: Resource[];
  notes: string[];
}

/** The kinds that say something about how a workload ends. */
const WANTED = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Pod',
  'Job',
  'CronJob',
  'Service',
  'Ingress',
  'PodDisruptionBudget',
  'HorizontalPodAutoscaler',
]);
/** Kinds that other groups have as well; only these groups' are meant. */
const GROUPS = /^(v1|apps\/|batch\/|policy\/|autoscaling\/|networking\.k8s\.io\/|extensions\/)/;
/** More resources than this make no sense in one reading; lists of lists of aliases do. */
const MOST_RESOURCES = 20_000;
const MOST_DEPTH = 8;

/**
 * Every resource of some files that matters here, in their order, lists taken apart.
 * @throws DrainCheckError `manifest-unreadable` where one is not YAML, with line and column
 */
export function readResources(sources: readonly Source[]): Resources {
  const resources: Resources = { found: [], notes: [] };
  const skipped = new Map<string, number>();
  for (const source of sources) {
    let empty = true;
    for (const part of partsOf(source)) {
      const kind = kindOf(part.text);
      // A definition of a custom resource may be ten thousand lines of what nobody here reads.
      if (kind !== null && !WANTED.has(kind) && !kind.endsWith('List')) {
        skipped.set(kind, (skipped.get(kind) ?? 0) + 1);
        empty = false;
        continue;
      }
      for (const field of documentsOf(source.name, part)) {
        if (field.isNull) continue;
        empty = false;
        collect(field, resources, skipped, 0);
      }
    }
    if (empty) resources.notes.push(`${source.name === '-' ? 'standard input' : source.name} holds no resource`);
  }
  if (skipped.size > 0) {
    const kinds = [...skipped].map(([kind, count]) => (count === 1 ? kind : `${count} ${kind}`));
    const shown = kinds.slice(0, 20);
    const more = kinds.length > shown.length ? ` and ${kinds.length - shown.length} other kinds` : '';
    resources.notes.push(`not looked at: ${shown.join(', ')}${more}`);
  }
  return resources;
}

interface Part {
  text: string;
  /** Lines of the file before it. */
  above: number;
  /** Characters of the file before it. */
  base: number;
}

/**
 * The documents of a file as text. `---` at the beginning of a line ends a document wherever it stands, in a block
 * scalar too (YAML 1.2, section 9.1.2), so this needs no parser.
 */
function* partsOf({ text }: Source): Generator<Part> {
  const lines = text.split('\n');
  let from = 0;
  let base = 0;
  for (let at = 0; at <= lines.length; at++) {
    const line = lines[at];
    if (line !== undefined && !/^(---|\.\.\.)(\s|$)/.test(line)) continue;
    const own = lines.slice(from, at);
    const begins = /^---\s+[^#\s]/.test(line ?? '');
    // Directives stand before the marker, and say nothing that is needed.
    if (own.some((one) => /^[^#%\s]|^\s+[^#\s]/.test(one))) yield { text: `${own.join('\n')}\n`, above: from, base };
    // `--- {kind: …}` has its document on the line of the marker.
    if (begins && line !== undefined) lines[at] = `   ${line.slice(3)}`;
    const next = begins ? at : at + 1;
    for (const passed of lines.slice(from, next)) base += passed.length + 1;
    from = next;
  }
}

/** The kind of a document in block style; null where only parsing tells. */
function kindOf(text: string): string | null {
  const kinds = [...text.matchAll(/^kind:[ \t]*["']?([A-Za-z][A-Za-z0-9.]*)["']?[ \t]*(?:#.*)?\r?$/gm)];
  return kinds.length === 1 ? (kinds[0]?.[1] ?? null) : null;
}

function* documentsOf(name: string, part: Part): Generator<Field> {
  const counter = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { file: name, line: line + part.above, column: col };
  };
  for (const document of parse(name, part.text, counter)) {
    const [error] = document.errors;
    if (error !== undefined) {
      const { line, column } = position(error.pos[0]);
      const [said = ''] = error.message.split(/ at line \d+|:?\n/);
      const reason = said.includes('call stack') ? 'It is nested too deeply' : said;
      throw unreadable(
        `${name === '-' ? 'Standard input' : name}:${line}:${column} is not YAML: ${reason.slice(0, 200)}.`,
        /\{\{/.test(part.text)
          ? 'It looks like a template; render it first: helm template . | drain-check lint -'
          : 'Correct it, or leave the file out.',
      );
    }
    const targets = boundAliases(document, name, position);
    yield new Field(
      document.contents,
      { position, targets, name, base: part.base },
      position(document.range?.[0] ?? 0),
    );
  }
}

function parse(name: string, text: string, lineCounter: LineCounter): readonly Document[] {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter,
      logLevel: 'silent',
      uniqueKeys: false,
      keepSourceTokens: false,
    });
    return 'empty' in documents ? [] : documents;
  } catch (cause) {
    // The parser is recursive: what is nested too deeply for it is no manifest.
    throw unreadable(
      `${name === '-' ? 'Standard input' : name} cannot be parsed.`,
      'Give a Kubernetes manifest.',
      cause,
    );
  }
}

function collect(field: Field, resources: Resources, skipped: Map<string, number>, depth: number): void {
  const kind = field.get('kind').text;
  const count = (what: string) => skipped.set(what, (skipped.get(what) ?? 0) + 1);
  if (kind === null) return void count('a document without a kind');
  if (kind.endsWith('List') && field.get('items').isList) {
    if (depth > MOST_DEPTH) throw tooMany(field);
    for (const item of field.get('items').items) if (!item.isNull) collect(item, resources, skipped, depth + 1);
    return;
  }
  if (!WANTED.has(kind) || !GROUPS.test(field.get('apiVersion').text ?? 'v1')) return void count(kind.slice(0, 100));
  if (resources.found.push({ kind, field }) > MOST_RESOURCES) throw tooMany(field);
}

function tooMany({ at }: Field): Error {
  return unreadable(
    `${at.file}:${at.line}:${at.column} holds too many resources, or lists in lists.`,
    'Give the manifests of the workload alone.',
  );
}
