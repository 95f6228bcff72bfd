// For a service's own tests with node:test. Name the command that production runs, and an endpoint that takes a while.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drainCheck } from 'drain-check';

const command = process.env.SERVICE ? JSON.parse(process.env.SERVICE) : ['node', 'server.js'];

test('the service can be stopped without losing work', { timeout: 120_000 }, async (context) => {
  const report = await drainCheck({
    command,
    options: { slow: '/slow', 'grace-period': '10s', only: 'drain' },
    // A test that is given up takes the service with it.
    abort: context.signal,
  });
  const broken = report.checks.filter((check) => check.status === 'fail');
  assert.deepEqual(broken.map((check) => `${check.title}: ${check.observed}`), []);
});
