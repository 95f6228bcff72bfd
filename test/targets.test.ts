import { beforeAll, describe, expect, it } from 'vitest';
import { compare, listFixtures, playFixture, type Fixture, type TargetKind } from '../fixtures/fixtures.js';
import { CHECKS } from '../src/checks/index.js';
import type { Status } from '../src/checks/check.js';
import { noEngine, testImage } from './support/engine.js';
import { validateReport } from './support/schema.js';

/**
 * One table: the same servers as a command, as a process that was there already, behind a URL with a stop command, and as
 * a container give the same verdicts wherever a check applies. What they say as a command is said by their headers, and
 * tested with the other fixtures.
 */
const SERVERS = [
  'perfect-without-lame-duck',
  'resets-in-flight',
  'closes-websockets-with-1001',
  'dies-by-default',
  'drops-websockets-at-exit',
  'exits-at-once',
  'keeps-accepting-to-the-end',
  'perfect-with-lame-duck',
  'readiness-stays-ready',
  'truncates-the-answer',
];
/** These are played in every run of the tests, the others with the long ones. */
const ALWAYS = SERVERS.slice(0, 3);

const LONG = process.env['DRAIN_CHECK_TEST_LONG'] === '1';

/** The check needs a second life, or the exit status, which a process that runs already has not. */
const NOT_OF_A_PROCESS = [
  'exits-cleanly',
  'survives-repeated-signal',
  'treats-sigint-alike',
  'stops-during-startup',
  'handles-sigterm-as-pid-1',
  'bounds-the-wait',
];

/** Where a kind of target truly has another fate. */
const OTHERWISE: Partial<Record<TargetKind, Record<string, Record<string, Status>>>> = {
  // Without work that survived, only the exit status tells a default death from an exit, and that is not seen.
  process: {
    'dies-by-default': { 'handles-sigterm': 'inconclusive' },
    'exits-at-once': { 'handles-sigterm': 'inconclusive' },
  },
  // Nothing happens to PID 1 by default: the work goes on, until all is killed.
  container: {
    'dies-by-default': {
      'exits-in-time': 'fail',
      'exits-cleanly': 'skip',
      'leaves-nothing-behind': 'skip',
      'survives-repeated-signal': 'pass',
      'closes-idle-connections': 'skip',
      'finishes-requests': 'pass',
      'finishes-uploads': 'pass',
      'bounds-the-wait': 'skip',
    },
  },
};

function expected(fixture: Fixture, kind: TargetKind): Fixture {
  const verdict = (id: string): string => {
    const own = OTHERWISE[kind]?.[fixture.name]?.[id];
    if (own !== undefined) return own;
    const check = CHECKS.find((one) => one.id === id);
    if (kind === 'url' && (check?.view === 'processes' || check?.view === 'replacement')) return 'skip';
    if (kind === 'process' && NOT_OF_A_PROCESS.includes(id)) return 'skip';
    if (kind === 'container' && id === 'stops-during-startup') return 'skip';
    const usual = fixture.verdicts[id] ?? 'missing';
    // In a container every death is one as PID 1, also where that scenario was left out.
    return kind === 'container' && id === 'handles-sigterm-as-pid-1' && usual === 'skip' ? 'pass | skip' : usual;
  };
  const judged = CHECKS.filter((check) => check.view !== 'replacement' || kind === 'url');
  return { ...fixture, verdicts: Object.fromEntries(judged.map(({ id }) => [id, verdict(id)])) };
}

async function play(name: string, kind: TargetKind): Promise<void> {
  const fixture = listFixtures().find((one) => one.name === name);
  if (fixture === undefined) throw new Error(`${name} is no fixture`);
  const options = kind === 'url' ? ['--after-stop', 'gone', '--steady', '500ms'] : [];
  const { report, exitCode, recording } = await playFixture(
    { ...fixture, options: [...fixture.options, ...options] },
    kind,
  );
  const wanted = expected(fixture, kind);
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
