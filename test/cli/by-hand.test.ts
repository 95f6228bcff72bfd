import { expect, it } from 'vitest';
import { startCli } from '../support/cli.js';
import { listeningServer } from '../support/server.js';

it('a service behind a URL may be stopped by hand, when everything is in place', async () => {
  const server = await listeningServer('perfect-without-lame-duck');
  const run = startCli(['--url', server.url, '--slow', '/slow', '--steady', '300ms', '--report', 'json']);
  await run.saw('together: waiting for the target to be stopped');
  process.kill(server.pid, 'SIGTERM');
  const { code, stdout } = await run.result;
  const report = JSON.parse(stdout) as { target: unknown; checks: { id: string; status: string }[] };
  const status = (id: string) => report.checks.find((check) => check.id === id)?.status;
  expect(report.target).toMatchObject({ kind: 'url', command: server.url, stop: null, pid: null });
  expect(status('finishes-requests')).toBe('pass');
  expect(status('finishes-uploads')).toBe('pass');
  expect(status('fails-readiness')).toBe('pass');
  expect(status('exits-in-time')).toBe('skip');
  expect(status('rollout-loses-nothing')).toBe('skip');
  expect(code).toBe(0);
});
