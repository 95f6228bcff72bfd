import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compare, playFixture } from '../../fixtures/fixtures.js';
import { SERVERS } from '../../fixtures/services/servers.js';
import { CHECKS } from '../../src/checks/index.js';
import { validateReport } from '../support/schema.js';

/** `npm run test:services` plays what `npm run setup:services` has built; without it they are counted as skipped. */
const WANTED = process.env['DRAIN_CHECK_TEST_SERVICES'] === '1';

function available(): unknown[] {
  const file = new URL('../../fixtures/services/built/available.json', import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as unknown[];
}

const parts = WANTED ? available() : [];
const playable = SERVERS.filter(({ part }) => parts.includes(part));
const others = SERVERS.filter(({ part }) => !parts.includes(part));

describe('the table of servers', () => {
  it('names no check that there is not', () => {
    const known: string[] = CHECKS.map(({ id }) => id);
    for (const { verdicts } of SERVERS) expect(known).toEqual(expect.arrayContaining(Object.keys(verdicts)));
  });
});

describe.concurrent('servers that people run', () => {
  it.each(playable)('$name', { timeout: 300_000 }, async (server) => {
    const { report } = await playFixture(server);
    expect(compare(server, report).wrong).toEqual([]);
    expect(report.checks.map(({ id }) => id)).toEqual(Object.keys(server.verdicts));
    expect(validateReport(report)).toEqual([]);
  });

  it.skip.each(others)('$name, in npm run test:services', () => undefined);
});
