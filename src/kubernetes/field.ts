import { isAlias, isCollection, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { Placed, Position } from '../plan/manifest.js';
import type { Targets } from './aliases.js';

/** What the fields of one document share. */
export interface DocumentContext {
  position: (offset: number) => Position;
  targets: Targets;
  name: string;
  /** Characters of the file before the document. */
  base: number;
}

/** Where a value stands in its file, as offsets of characters. */
export interface Span {
  start: number;
  end: number;
}

/**
 * A value in a manifest, which may be absent: what is asked of it is null then, or empty. Manifests are foreign text, so
 * nothing is taken for granted, and nothing is refused that is not needed.
 */
export class Field {
  private readonly node: unknown;

  /** Where it stands: its key, else itself; or, where it is absent, what it belongs to. */
  readonly at: Position;
  /** It is reached by an alias or a merge key, so that a change of it would change something else. */
  readonly shared: boolean;

  /**
   * @param key its key in a map
   * @param above where what it belongs to stands, for a field that is absent
   */
  constructor(
    node: unknown,
    private readonly context: DocumentContext,
    above: Position,
    private readonly key: unknown = null,
    shared = false,
  ) {
    this.shared = shared || isAlias(node);
    this.node = isAlias(node) ? context.targets.get(node) : node;
    // An alias stands where it is used, not where its anchor is.
    this.at = positionOf(key, context) ?? positionOf(node, context) ?? above;
  }

  get isNull(): boolean {
    return this.node === null || this.node === undefined || (isScalar(this.node) && this.node.value === null);
  }

  get isList(): boolean {
    return isSeq(this.node);
  }

  /** Written in brackets. */
  get isFlow(): boolean {
    return isCollection(this.node) && this.node.flow === true;
  }

  /** Where its value stands; null where there is none. */
  get span(): Span | null {
    return this.spanOf(this.node);
  }

  /** Where its key stands; null where it has none. */
  get keySpan(): Span | null {
    return this.spanOf(this.key);
  }

  private spanOf(node: unknown): Span | null {
    const range = (node as Node | null | undefined)?.range;
    if (range === null || range === undefined) return null;
    return { start: range[0] + this.context.base, end: range[1] + this.context.base };
  }

  get isMap(): boolean {
    return isMap(this.node);
  }

  /** The value of a key of a map, also of one that is merged into it. */
  get(...path: string[]): Field {
    return path.reduce<Field>((field, key) => field.child(key), this);
  }

  get items(): Field[] {
    if (!isSeq(this.node)) return [];
    return this.node.items.map((item) => new Field(item, this.context, this.at, null, this.shared));
  }

  /** Keys and values of a map whose keys are text. */
  get entries(): [string, Field][] {
    if (!isMap(this.node)) return [];
    return this.node.items.flatMap((pair): [string, Field][] => {
      const key = keyOf(pair.key);
      return key === null || key === '<<'
        ? []
        : [[key, new Field(pair.value, this.context, this.at, pair.key, this.shared)]];
    });
  }

  /** Text, and what else is one word in a manifest: numbers and booleans. */
  get text(): string | null {
    if (!isScalar(this.node)) return null;
    const { value, source } = this.node;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return source ?? String(value);
    return typeof value === 'bigint' ? String(value) : null;
  }

  get number(): number | null {
    const value = isScalar(this.node) ? this.node.value : null;
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  }

  /** A whole number that is not negative, as seconds, ports and replicas are. */
  get whole(): number | null {
    const { number } = this;
    return number !== null && Number.isInteger(number) && number >= 0 ? number : null;
  }

  get flag(): boolean {
    return isScalar(this.node) && (this.node.value === true || /^(true|yes|on)$/i.test(this.text ?? ''));
  }

  /** Every text of a list. */
  get texts(): string[] {
    return this.items.flatMap((item) => item.text ?? []);
  }

  /** A whole number with its place, or what holds where there is none. */
  placed(absent: number): Placed<number> {
    const { whole } = this;
    return { value: whole ?? absent, given: whole !== null, at: this.at };
  }

  private child(key: string): Field {
    const own = this.own(key);
    const pair = own ?? this.merged(key);
    return new Field(pair?.value, this.context, this.at, pair?.key, this.shared || (own === null && pair !== null));
  }

  private own(key: string): Pair | null {
    if (!isMap(this.node)) return null;
    // The last of several counts, as in the decoders of Kubernetes.
    return this.node.items.findLast((one) => keyOf(one.key) === key) ?? null;
  }

  private merged(key: string): Pair | null {
    const merge = this.own('<<');
    if (merge === null) return null;
    const field = new Field(merge.value, this.context, this.at);
    for (const one of field.isList ? field.items : [field]) {
      const found = one.own(key) ?? one.merged(key);
      if (found !== null) return found;
    }
    return null;
  }
}

function keyOf(key: unknown): string | null {
  if (typeof key === 'string') return key;
  if (!isScalar(key)) return null;
  // A merge key is a symbol in some versions of YAML.
  return typeof key.value === 'symbol' ? '<<' : String(key.value);
}

function positionOf(node: unknown, context: DocumentContext): Position | null {
  const range = (node as Node | null | undefined)?.range;
  return range === null || range === undefined ? null : context.position(range[0]);
}
