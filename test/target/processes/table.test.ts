import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { descendants, type ProcessRow } from '../../../src/target/processes/table.js';

const row = (pid: number, ppid: number, zombie = false): ProcessRow => ({
  pid,
  ppid,
  pgid: pid,
  startedAt: '1',
  zombie,
  command: `p${pid}`,
});
const pids = (rows: readonly ProcessRow[]) => rows.map(({ pid }) => pid).sort((a, b) => a - b);

describe('descendants', () => {
  const rows = [row(1, 0), row(10, 1), row(11, 10), row(12, 11), row(20, 1), row(21, 20)];

  it('are the root and all generations below it', () => expect(pids(descendants(rows, [10]))).toEqual([10, 11, 12]));
  it('are found when children stand before their parents', () =>
    expect(pids(descendants([...rows].reverse(), [10]))).toEqual([10, 11, 12]));
  it('are those of several roots, each once', () =>
    expect(pids(descendants(rows, [11, 10, 20]))).toEqual([10, 11, 12, 20, 21]));
  it('are none without a root', () => expect(descendants(rows, [])).toEqual([]));
  it('are the children of a root that is gone', () => expect(pids(descendants(rows, [99]))).toEqual([]));
  it('leave zombies out, but not what zombies have left behind', () =>
    expect(pids(descendants([row(10, 1), row(11, 10, true), row(12, 11)], [10]))).toEqual([10, 12]));
  it('end where processes are each other’s parents', () =>
    expect(pids(descendants([row(1, 2), row(2, 1), row(3, 3)], [1, 3]))).toEqual([1, 2, 3]));

  it('are exactly those with a root among their ancestors', () => {
    const tree = fc
      .array(fc.nat(), { minLength: 1, maxLength: 15 })
      .map((parents) => parents.map((parent, i) => row(i + 1, i === 0 ? 0 : (parent % i) + 1)));
    const shuffled = tree.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
        fc.integer({ min: 1, max: all.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([all, mixed, root]) => {
        const below = (pid: number): boolean => pid === root || (pid > 0 && below(all[pid - 1]?.ppid ?? 0));
        expect(pids(descendants(mixed, [root]))).toEqual(pids(all).filter(below));
      }),
    );
  });
});
