// For a service's own tests with vitest. Name the command that production runs, and an endpoint that takes a while.
import { expect, test } from 'vitest';
import { drainCheck } from 'drain-check';

const command = process.env.SERVICE ? JSON.parse(process.env.SERVICE) : ['node', 'server.js'];

test('the service can be stopped without losing work', { timeout: 120_000 }, async () => {
  const report = await drainCheck({ command, options: { slow: '/slow', 'grace-period': '10s', only: 'drain' } });
  const broken = report.checks.filter((check) => check.status === 'fail');
  expect(broken.map((check) => `${check.title}: ${check.observed}`)).toEqual([]);
});
