import { describe, expect, it } from 'vitest';
import { compare, listFixtures, playFixture } from '../fixtures/fixtures.js';
import { areUnproved, playInPeace } from '../fixtures/in-peace.js';
import { validateReport } from './support/schema.js';

/** `npm run test:long` plays those that take long or need more than Node; without it they are counted as skipped. */
const LONG = process.env['DRAIN_CHECK_TEST_LONG'] === '1';
const fixtures = listFixtures();

/**
 * Every fixture server is played with the built command line, as a user would, and every verdict is compared with
 * its header. A few run side by side: most of a life is waiting.
 */
describe.concurrent('fixture servers', () => {
  it.each(fixtures.filter((fixture) => fixture.long === LONG))('$name', async (fixture) => {
    const { report, exitCode } = await playInPeace(
      () => playFixture(fixture),
      (played) => areUnproved(compare(fixture, played.report).wrong),
    );
    expect(compare(fixture, report).wrong).toEqual([]);
    expect(report.checks.map((check) => check.id)).toEqual(Object.keys(fixture.verdicts));
    expect(exitCode).toBe({ pass: 0, warn: 0, fail: 1, inconclusive: 3 }[report.verdict]);
    expect(validateReport(report)).toEqual([]);
  });

  it.skip.each(LONG ? [] : fixtures.filter((fixture) => fixture.long))('$name, in npm run test:long', () => undefined);
});
