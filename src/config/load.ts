import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DrainCheckError } from '../errors.js';
import { PACKAGE_KEY } from './find.js';

/** A configuration as it was written, and where each part of it stands. */
export interface Configuration {
  /** As it is shown: relative to where we are. */
  name: string;
  directory: string;
  value: unknown;
  /** `file:line:column` of a key, or the file alone where that cannot be known. */
  placeOf: (keys: readonly string[]) => string;
}

/** More than this is no configuration. Bytes. */
const MOST = 1024 * 1024;

/**
 * Reads a configuration file: YAML, JSON, JavaScript, TypeScript, or the key of a package.json.
 * @param cwd the directory that names are shown relative to
 * @throws DrainCheckError `config-unreadable`
 */
export async function loadConfig(file: string, cwd: string): Promise<Configuration> {
  const name = path.relative(cwd, file) || file;
  const directory = path.dirname(path.resolve(cwd, file));
  if (/\.[cm]?[jt]s$/.test(file))
    return { name, directory, value: await importConfig(file, name), placeOf: () => name };
  const text = await readText(file, name);
  const { LineCounter, isNode, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  // JSON is YAML, and this parser says where it is not.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const [error] = document.errors;
  if (error !== undefined) throw unreadable(`${at(error.pos[0])}: ${firstLine(error.message)}`, error);
  const root = path.basename(file) === 'package.json' ? [PACKAGE_KEY] : [];
  return {
    name,
    directory,
    value: valueOf(() => document.getIn(root) ?? {}, document, name, isNode),
    placeOf: (keys) => {
      const offset = offsetOf(document.contents, [...root, ...keys]);
      return offset === null ? name : at(offset);
    },
  };
}

function valueOf(
  get: () => unknown,
  document: unknown,
  name: string,
  isNode: (value: unknown) => value is { toJS: (document: never) => unknown },
): unknown {
  try {
    const node = get();
    return isNode(node) ? node.toJS(document as never) : node;
  } catch (cause) {
    // Aliases that multiply without end are refused by the parser.
    throw unreadable(`${name}: ${cause instanceof Error ? firstLine(cause.message) : 'it cannot be read'}`, cause);
  }
}

/** Where a key begins, walking the maps of a document. */
function offsetOf(node: unknown, keys: readonly string[]): number | null {
  const [key, ...rest] = keys;
  const items = (node as { items?: unknown[] } | null)?.items;
  if (key === undefined || items === undefined) return null;
  for (const item of items as { key?: { value?: unknown; range?: [number, number, number] }; value?: unknown }[]) {
    if (String(item.key?.value) !== key) continue;
    if (rest.length > 0) return offsetOf(item.value, rest) ?? item.key?.range?.[0] ?? null;
    return item.key?.range?.[0] ?? null;
  }
  return null;
}

async function importConfig(file: string, name: string): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(path.resolve(file)).href)) as { default?: unknown };
    if (module.default === undefined) throw new Error('it has no default export');
    return module.default;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' || code === 'ERR_NO_TYPESCRIPT')
      throw new DrainCheckError(
        'config-unreadable',
        `${name} is TypeScript, which Node ${process.versions.node} does not read.`,
        'Use Node 22.18 or newer, or write the configuration as YAML, JSON or JavaScript.',
        { cause },
      );
    const place = /^file:.*?(:\d+)\n/.exec((cause as Error).stack ?? '')?.[1] ?? '';
    throw unreadable(
      `${name}${place}: ${cause instanceof Error ? firstLine(cause.message) : 'it cannot be imported'}`,
      cause,
    );
  }
}

async function readText(file: string, name: string): Promise<string> {
  try {
    const bytes = await readFile(file);
    if (bytes.length > MOST) throw Object.assign(new Error('it is too large'), { code: 'EFBIG' });
    return bytes.toString('utf8').replace(/^\ufeff/, '');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw unreadable(`${name} cannot be read (${code})`, cause);
  }
}

function unreadable(message: string, cause: unknown): DrainCheckError {
  const hint = 'docs/configuration.md shows what a configuration looks like; `drain-check init` writes one.';
  return new DrainCheckError('config-unreadable', `${message}.`, hint, { cause });
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').replace(/[.:]$/, '');
}
