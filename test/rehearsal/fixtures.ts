import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../../fixtures/rehearsal');

/** A server under a manifest, and whose requests are lost when its pod ends. */
export interface Cell {
  server: string;
  manifest: string;
  lost: ('new' | 'kept')[];
}

/** Every cell of the table, as the headers of the servers have it. */
export function readCells(): Cell[] {
  const servers = readdirSync(path.join(ROOT, 'servers')).filter((file) => file !== 'common.mjs');
  return servers.sort().flatMap((file) => {
    const [, table = ''] = readFileSync(path.join(ROOT, 'servers', file), 'utf8').split(' * lost:\n');
    return [...table.matchAll(/^ \* {3}([\w-]+): (.+)$/gm)].map(([, manifest = '', words = '']) => ({
      server: path.parse(file).name,
      manifest,
      lost: (['new', 'kept'] as const).filter((client) => words.split(', ').includes(client)),
    }));
  });
}
