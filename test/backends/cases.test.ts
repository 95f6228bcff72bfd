import { describe, expect, it } from 'vitest';
import { CASES, differences, missingParts, playCaseInPeace, type Case } from '../../fixtures/backends/cases.js';
import { validateReport } from '../support/schema.js';

/** `npm run test:backends` plays those with real parts; without it they are counted as skipped. */
const WANTED = process.env['DRAIN_CHECK_TEST_BACKENDS'] === '1';

/** Passwords of the databases that scripts/with-databases.sh starts. */
const SECRET = /s3cret/;

const playable = WANTED ? CASES.filter((one) => missingParts(one).length === 0) : [];
const others = CASES.filter((one) => !playable.includes(one));

async function play(one: Case): Promise<void> {
  const { report, recording, stdout, stderr } = await playCaseInPeace(one);
  expect(differences(one, report)).toEqual([]);
  expect(validateReport(report)).toEqual([]);
  for (const text of [recording, stdout, stderr]) expect(text).not.toMatch(SECRET);
}

describe.concurrent('services with real parts behind them', () => {
  it.each(playable)('$name', play);
  it.skip.each([...others])('$name, in npm run test:backends', () => undefined);
});
