import { describe, expect, it } from 'vitest';
import { compare, listFixtures, playFixture } from '../../fixtures/fixtures.js';

/** Plays a fixture with its scenarios side by side; gives the lives by the order in which they began. */
async function playParallel(name: string) {
  const fixture = listFixtures().find((one) => one.name === name);
  if (fixture === undefined) throw new Error(`there is no fixture ${name}`);
  const { report } = await playFixture({ ...fixture, options: [...fixture.options, '--parallel', '4'] });
  return { fixture, report };
}

interface Life {
  startedAt: number;
  readyAfterMs: number | null;
  exit: { afterMs: number } | null;
}

/** Whether some life began before one that began earlier had ended. */
function overlap(lives: readonly Life[]): boolean {
  return lives.some((life, i) => {
    const endedAt = life.startedAt + (life.readyAfterMs ?? 0) + (life.exit?.afterMs ?? 0);
    return lives.some((other, j) => j > i && other.startedAt < endedAt);
  });
}

describe('--parallel', () => {
  it('plays lives side by side with the same verdicts', async () => {
    const { fixture, report } = await playParallel('perfect-without-lame-duck');
    expect(compare(fixture, report).wrong).toEqual([]);
    expect(overlap(report.scenarios.filter((one) => one.startedAt !== null) as Life[])).toBe(true);
  });

  it('plays one after the other what does not take its port from PORT', async () => {
    const { fixture, report } = await playParallel('ignores-port-variable');
    expect(compare(fixture, report).wrong).toEqual([]);
    expect(overlap(report.scenarios.filter((one) => one.startedAt !== null) as Life[])).toBe(false);
  });
});
