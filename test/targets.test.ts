import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listFixtures, playFixture, type TargetKind } from '../fixtures/fixtures.js';
import { areUnproved, playInPeace } from '../fixtures/in-peace.js';
import { expectedAs, optionsAs, PLAYED_ALL_WAYS as SERVERS } from '../fixtures/all-ways.js';
import { CHECKS } from '../src/checks/index.js';
import { noEngine, testImage } from './support/engine.js';
import { validateReport } from './support/schema.js';

// The table itself is in fixtures/all-ways.js. What the servers say as a command is tested with the other fixtures.

/** These are played in every run of the tests, the others with the long ones. */
const ALWAYS = SERVERS.slice(0, 3);

const LONG = process.env['DRAIN_CHECK_TEST_LONG'] === '1';

async function play(name: string, kind: TargetKind): Promise<void> {
  const fixture = listFixtures().find((one) => one.name === name);
  if (fixture === undefined) throw new Error(`${name} is no fixture`);
  const wanted = expectedAs(fixture, kind, CHECKS);
  const { report, exitCode, recording } = await playInPeace(
    () => playFixture({ ...fixture, options: [...fixture.options, ...optionsAs(kind)] }, kind),
    (played) => areUnproved(compare(wanted, played.report).wrong),
  );
  expect(compare(wanted, report).wrong).toEqual([]);
  expect(report.checks.map((check) => check.id)).toEqual(Object.keys(wanted.verdicts));
  for (const { status, because } of report.checks) if (status === 'skip') expect(because).not.toBeNull();
  expect(exitCode).toBe({ pass: 0, warn: 0, fail: 1, inconclusive: 3 }[report.verdict]);
  expect(report.target.kind).toBe(kind);
  expect(validateReport(report)).toEqual([]);
  expect(recording).toContain(`"kind":"${kind}"`);
}

/** Where containers are asked for, the others have been played already. */
const WITHOUT_ENGINE = noEngine ? (['process', 'url'] as const) : [];

describe.concurrent.each(WITHOUT_ENGINE)('as a %s', (kind) => {
  const chosen = LONG ? SERVERS.filter((name) => !ALWAYS.includes(name)) : ALWAYS;
  it.each(chosen)('%s', (name) => play(name, kind));
  it.skip.each(LONG ? [] : SERVERS.filter((name) => !ALWAYS.includes(name)))(
    '%s, in npm run test:long',
    () => undefined,
  );
});

describe.skipIf(noEngine)('as a container', () => {
  beforeAll(testImage);

  it.each(SERVERS)('%s', (name) => play(name, 'container'));
});
