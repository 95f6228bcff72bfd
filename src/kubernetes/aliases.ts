import { isAlias, isCollection, isPair, type Alias, type Document, type Node } from 'yaml';
import type { Position } from '../plan/manifest.js';
import { unreadable } from './source.js';

/** What a manifest may grow to by its aliases, beside what it is without them: far more than any that was written by hand. */
const MOST_NODES = 1_000_000;

/** What each alias stands for. */
export type Targets = ReadonlyMap<Alias, Node>;

/**
 * Resolves the aliases of a document, and refuses one that is a bomb: a few lines of them can stand for more than any
 * memory holds, or for themselves.
 * @throws DrainCheckError `manifest-unreadable`
 */
export function boundAliases({ contents }: Document, name: string, position: (offset: number) => Position): Targets {
  const targets = new Map<Alias, Node>();
  const anchors = new Map<string, Node>();
  /** Nodes of what carries an anchor, aliases within it counted in full; null while it is being counted. */
  const sizes = new Map<Node, number | null>();

  const refuse = (node: Alias, what: string) => {
    const { line, column } = position(node.range?.[0] ?? 0);
    return unreadable(
      `${name === '-' ? 'Standard input' : name}:${line}:${column} has an alias, *${node.source.slice(0, 50)}, that ${what}.`,
      'Write out what it stands for, or leave the file out.',
    );
  };

  const template = (node: Node) => {
    const { line, column } = position(node.range?.[0] ?? 0);
    return unreadable(
      `${name === '-' ? 'Standard input' : name}:${line}:${column} is a template, or has a map for a key.`,
      'Render it first: helm template . | drain-check lint -',
    );
  };

  const sizeOf = (node: unknown): number => {
    if (isPair(node)) {
      // `{{ .Values.x }}` is YAML, of a kind that no manifest holds: what it says is not what will be there.
      if (isCollection(node.key)) throw template(node.key);
      return sizeOf(node.key) + sizeOf(node.value);
    }
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) throw refuse(node, 'stands for nothing');
      targets.set(node, target);
      const size = sizes.get(target) ?? null;
      if (size === null) throw refuse(node, 'stands for something that holds it');
      return size;
    }
    // An empty value is no node.
    const own = node as (Node & { anchor?: string }) | null;
    if (own === null) return 1;
    const { anchor } = own;
    if (anchor !== undefined) {
      anchors.set(anchor, own);
      sizes.set(own, null);
    }
    let size = 1;
    if (isCollection(own)) {
      for (const item of own.items) {
        size += sizeOf(item);
        if (size > MOST_NODES) throw bomb(name);
      }
    }
    if (anchor !== undefined) sizes.set(own, size);
    return size;
  };

  sizeOf(contents);
  return targets;
}

function bomb(name: string): Error {
  return unreadable(
    `${name === '-' ? 'Standard input' : name} grows to more than ${MOST_NODES} values when its aliases are written out.`,
    'This is what a YAML bomb does; leave the file out.',
  );
}
