import { describe, expect, it } from 'vitest';
import { isRace, listFixtures, playFixture } from '../fixtures/fixtures.js';
import { validateReport } from './support/schema.js';

/**
 * Every fixture server is played with the built command line, as a user would, and every verdict is compared with
 * its header. A few run side by side: most of a life is waiting.
 */
describe.concurrent('fixture servers', () => {
  it.each(listFixtures())('$name', async (fixture) => {
    const { report, exitCode } = await playFixture(fixture);
    const got = Object.fromEntries(report.checks.map((check) => [check.id, isRace(check, fixture.verdicts[check.id] ?? '') ? 'pass' : check.status]));
    const why = report.checks.filter((check) => got[check.id] !== fixture.verdicts[check.id]);
    expect(got, JSON.stringify(why, null, 1)).toEqual(fixture.verdicts);
    expect(exitCode).toBe({ pass: 0, warn: 0, fail: 1, inconclusive: 3 }[report.verdict]);
    expect(validateReport(report)).toEqual([]);
  });
});
