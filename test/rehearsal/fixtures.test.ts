import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readCells, ROOT } from './fixtures.js';

it('says for every server under every manifest what is lost', () => {
  const cells = readCells();
  const manifests = readdirSync(path.join(ROOT, 'manifests')).map((file) => path.parse(file).name);
  for (const server of new Set(cells.map((cell) => cell.server)))
    expect(
      cells
        .filter((cell) => cell.server === server)
        .map(({ manifest }) => manifest)
        .sort(),
    ).toEqual(manifests);
  expect([new Set(cells.map(({ server }) => server)).size, manifests.length]).toEqual([6, 4]);
});
