import path from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { readManifests, type Manifests } from '../manifest.js';
import type { Source } from '../source.js';
import type { ReadWorkload } from '../workloads.js';
import { Editor } from './editor.js';
import { fixWorkload, type Basis, type Change } from './workload.js';

export type { Basis, Change } from './workload.js';

/** A manifest as it is and as it should be. */
export interface Fixed {
  name: string;
  before: string;
  after: string;
}

export interface Fixes {
  changed: Fixed[];
  /** What should be changed and could not: what anchors share, or a shell's script. */
  left: Change[];
}

/**
 * The smallest change of some manifests after which their rules ask for nothing more that can be written for them.
 * @param workloads those that are to be changed, all of the manifests' own
 */
export function fixManifests(sources: readonly Source[], workloads: readonly ReadWorkload[], basis: Basis): Fixes {
  const editors = new Map(sources.map(({ name, text }) => [name, new Editor(text)]));
  const changes = workloads.flatMap((workload) => {
    const editor = editors.get(workload.manifest.at.file);
    return editor === undefined ? [] : fixWorkload(workload, editor, basis);
  });
  const changed = sources.flatMap(({ name, text }) => {
    const after = editors.get(name)?.result() ?? text;
    return after === text ? [] : [{ name, before: text, after }];
  });
  prove(sources, changed);
  return { changed, left: changes.filter(({ done }) => !done) };
}

/** A patch that breaks a manifest would be worse than none: what is written is read again. */
function prove(sources: readonly Source[], changed: readonly Fixed[]): void {
  const names = ({ workloads }: Manifests) =>
    workloads.map(({ manifest }) => `${manifest.kind}/${manifest.name}`).join();
  const after = sources.map(({ name, text }) => ({
    name,
    text: changed.find((one) => one.name === name)?.after ?? text,
  }));
  if (names(readManifests(after)) !== names(readManifests(sources)))
    throw new Error('the patch would change which workloads there are');
}

/** Unified diffs that `git apply` and `patch -p1` take. */
export function patchOf(changed: readonly Fixed[], cwd: string): string {
  return changed
    .map(({ name, before, after }) => {
      const file = name === '-' ? 'stdin.yaml' : shortest(path.resolve(cwd, name), cwd);
      const patch = createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, { context: 3 });
      // Without the line of equals signs that nothing reads.
      return patch.replace(/^=+\n/, '');
    })
    .join('');
}

/** The path from here to a file below; the whole one, from the root, to any other. */
function shortest(file: string, cwd: string): string {
  const from = path.relative(cwd, file);
  return from.startsWith('..') ? file.replace(/^\/+/, '') : from;
}
