import { execFile } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compare, ROOT } from '../../fixtures/fixtures.js';
import { areUnproved, playInPeace } from '../../fixtures/in-peace.js';
import type { Report } from '../../src/report/types.js';
import { validateReport } from '../support/schema.js';

/** The example of the README and its naive twin, with their database: `npm run test:backends` plays them. */
const { DRAIN_CHECK_TEST_BACKENDS: wanted, DRAIN_CHECK_POSTGRES_URL, DRAIN_CHECK_PYTHON } = process.env;
const canPlay = wanted === '1' && DRAIN_CHECK_POSTGRES_URL !== undefined && DRAIN_CHECK_PYTHON !== undefined;

function rehearse(which: 'service' | 'naive'): Promise<Report> {
  const script = path.join(ROOT, 'fixtures/services/order-service/rehearse.sh');
  const env = {
    ...process.env,
    DRAIN_CHECK: `${process.execPath} ${path.join(ROOT, 'bin/drain-check.js')}`,
    DATABASE_URL: DRAIN_CHECK_POSTGRES_URL,
    PYTHON: DRAIN_CHECK_PYTHON,
  };
  return new Promise((resolve, reject) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024 };
    execFile(script, [which, '--quiet', '--report', 'json'], options, (error, stdout, stderr) => {
      if (stdout === '') reject(error ?? new Error(stderr));
      else resolve(JSON.parse(stdout) as Report);
    });
  });
}

/** What is otherwise than it should be, apart from the races that every server may lose. */
function otherwise(report: Report, broken: readonly string[]) {
  const verdicts = Object.fromEntries(
    report.checks.map(({ id }) => [id, broken.includes(id) ? 'fail | warn' : 'pass | skip']),
  );
  return compare({ name: '', target: 'command', command: [], options: [], long: true, verdicts }, report).wrong;
}

/** What the naive twin does not do, by item of the checklist. */
const NOT_DONE = {
  1: ['exits-cleanly', 'treats-sigint-alike'],
  2: [
    'stops-accepting',
    'drops-no-accepted-connection',
    'serves-until-derouted',
    'rollout-loses-nothing',
    'announces-connection-close',
    'k8s-rollout-keeps-capacity',
    'k8s-spare-replica',
  ],
  3: ['closes-websockets', 'tells-websocket-clients', 'turns-away-new-jobs'],
  4: ['closes-database-connections'],
  5: ['flushes-telemetry'],
  6: ['k8s-prestop-present'],
  7: ['k8s-grace-period-fits'],
  8: ['fails-readiness', 'k8s-probes-separate'],
};

describe.skipIf(!canPlay)('the order service', { timeout: 600_000 }, () => {
  it('keeps all of the checklist', async () => {
    const report = await playInPeace(
      () => rehearse('service'),
      (played) => areUnproved(otherwise(played, [])),
    );
    expect(otherwise(report, [])).toEqual([]);
    expect(validateReport(report)).toEqual([]);
    // Nothing is passed by being left out.
    for (const item of Object.keys(NOT_DONE).map(Number))
      expect(report.checks.some((check) => check.item === item && check.status === 'pass')).toBe(true);
  });

  it('fails, written naively, item by item', async () => {
    const broken = Object.values(NOT_DONE).flat();
    const report = await playInPeace(
      () => rehearse('naive'),
      (played) => areUnproved(otherwise(played, broken)),
    );
    expect(otherwise(report, broken)).toEqual([]);
    expect(report.verdict).toBe('fail');
  });
});
