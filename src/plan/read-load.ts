import type { Reader } from './reader.js';
import { suggest } from './suggest.js';
import type { LoadPlan, TargetPlan } from './types.js';
import type { Parsed } from './values.js';

/** The story the field tells: a deploy that met five thousand tasks and ten thousand WebSockets. */
const STORY: LoadPlan = { requests: 5000, websockets: 10_000, idle: 0, given: false };
const NAMES = ['requests', 'websockets', 'idle'] as const;
/** What stands for the usual sizes, in the environment and in the API. */
const AS_USUAL = ['', 'true', 'yes', '1'];
/** There are 254 source addresses in a run, and 500 connections share one. */
const MOST = 100_000;

/** How many connections to open: `requests=5000,websockets=10000,idle=100`, or nothing for the usual ones. */
function loadSizes(text: string): Parsed<LoadPlan> {
  if (AS_USUAL.includes(text.trim())) return { value: STORY };
  const sizes: LoadPlan = { requests: 0, websockets: 0, idle: 0, given: true };
  for (const part of text.split(',')) {
    const [, word = part.trim(), count = ''] = /^\s*(\w+)=(\d+)\s*$/.exec(part) ?? [];
    const name = NAMES.find((known) => known === word);
    if (name === undefined || count === '') {
      const near = suggest(word, NAMES);
      const hint = name === undefined && near !== null ? `; did you mean ${near}?` : '';
      return { problem: `is not understood${hint}; write it like requests=5000,websockets=10000,idle=100` };
    }
    sizes[name] = Number(count);
  }
  const total = sizes.requests + sizes.websockets + sizes.idle;
  if (total === 0) return { problem: 'opens nothing; write it like requests=5000,websockets=10000' };
  return total > MOST ? { problem: `opens ${total} connections; ${MOST} are the most` } : { value: sizes };
}

/** The connections of the scenario `load`; null: it is not asked for. */
export function readLoad(reader: Reader, kind: TargetPlan['kind']): LoadPlan | null {
  const load = reader.one<LoadPlan | null>('load', loadSizes, null);
  if (load !== null && (kind === 'process' || kind === 'url'))
    reader.complain('load', reader.text('load') ?? '', 'needs a target that is started afresh: a command, or an image');
  for (const name of ['https', 'http2'])
    if (load !== null && reader.has(name))
      reader.complain('load', reader.text('load') ?? '', `speaks HTTP/1.1 in plain text; leave out --${name}`);
  return load;
}
