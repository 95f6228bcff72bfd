import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { drainCheck, type Report } from 'drain-check';
import { ROOT } from './fixtures.js';

const directory = mkdtempSync(path.join(tmpdir(), 'drain-check-pod-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Prints nothing, and ends a moment after its signal: the name of its file is what it writes then. */
const SIDECAR = `
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 100));
setInterval(() => undefined, 1000);
`;
/** Clients on PORT, health on a second port of its own, where it has started half a second after it listens. */
const TWO_PORTS = `
import { createServer } from 'node:http';
const begun = Date.now();
const app = createServer((request, response) => response.end('hello'));
app.listen(Number(process.env.PORT), '127.0.0.1');
const health = createServer((request, response) => {
  response.statusCode = request.url === '/started' && Date.now() - begun > 500 ? 200 : 503;
  if (request.url === '/healthy') response.statusCode = 200;
  response.end();
});
health.listen(0, '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

function file(name: string, text: string): string {
  const full = path.join(directory, name);
  writeFileSync(full, text);
  return full;
}

/** A manifest of a web server with what a test adds to its container and its pod, in JSON, which is YAML. */
function manifest(name: string, container: object, pod: object): string {
  const ports = [
    { name: 'http', containerPort: 8080 },
    { name: 'health', containerPort: 8081 },
  ];
  const labels = { app: 'web' };
  const containers = [{ name: 'web', image: 'registry.example/web:1', ports, ...container }];
  const spec = { terminationGracePeriodSeconds: 4, containers, ...pod };
  return file(
    name,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'web' },
          spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
        },
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: { name: 'web' },
          spec: { selector: labels, ports: [{ port: 80, targetPort: 'http' }] },
        },
      ],
    }),
  );
}

function rehearse(server: string, where: string, options: Record<string, string | string[]> = {}): Promise<Report> {
  return drainCheck({
    command: [process.execPath, server],
    options: { manifest: where, 'routing-lag': '300ms', only: 'kubernetes,rollout-loses-nothing', ...options },
  });
}

const podOf = (report: Report) => report.scenarios.find(({ id }) => id === 'kubernetes')?.pod;
const told = (report: Report) => podOf(report)?.events.map(({ what }) => what) ?? [];

/** Like most of the rehearsals these are played by `npm run test:kubernetes`. */
const KUBERNETES = process.env['DRAIN_CHECK_TEST_KUBERNETES'] === '1';

describe.skipIf(!KUBERNETES)('the pod around a container', () => {
  it('starts native sidecars and ends them after it, the last one that was started first', async () => {
    const sidecar = file('sidecar.mjs', SIDECAR);
    const always = { restartPolicy: 'Always' };
    const where = manifest(
      'sidecars.json',
      { lifecycle: { preStop: { exec: { command: ['sleep', '0.5'] } } } },
      {
        initContainers: [
          { name: 'first', image: 'x', ...always, command: [process.execPath, sidecar] },
          {
            name: 'second',
            image: 'x',
            ...always,
            lifecycle: { preStop: { exec: { command: ['sleep', '0.2'] } } },
          },
          { name: 'unknown', image: 'x', ...always },
          { name: 'elsewhere', image: 'x', ...always, command: ['/no/such/program'] },
          { name: 'migrate', image: 'x', command: ['true'] },
        ],
      },
    );
    const server = path.join(ROOT, 'servers', 'exits-at-once.mjs');
    const report = await rehearse(server, where, { sidecar: `second='${process.execPath}' '${sidecar}'` });
    const pod = podOf(report);
    expect(pod?.sidecars).toEqual([
      { name: 'first', notStarted: null, killed: false },
      { name: 'second', notStarted: null, killed: false },
      { name: 'unknown', notStarted: expect.stringContaining("--sidecar 'unknown=…'") as string, killed: false },
      { name: 'elsewhere', notStarted: expect.stringContaining('/no/such/program') as string, killed: false },
    ]);
    const order = told(report).filter((what) => /^SIGTERM|^sidecar .*(signalled|gone)/.test(what));
    expect(order).toEqual([
      'SIGTERM',
      'sidecar second: is signalled',
      'sidecar second: is gone',
      'sidecar first: is signalled',
      'sidecar first: is gone',
    ]);
    // Its hook does not wait for the target’s.
    const at = (what: string) => pod?.events.find((event) => event.what === what)?.atMs ?? NaN;
    expect(at('sidecar second: preStop ends')).toBeLessThan(at('preStop ends'));
  });

  it('asks the startup probe first, and the port beside that of clients', async () => {
    const server = file('two-ports.mjs', TWO_PORTS);
    const ask = (url: string, more: object = {}) => ({
      httpGet: { path: url, port: 'health' },
      periodSeconds: 1,
      ...more,
    });
    const good = manifest(
      'started.json',
      { startupProbe: ask('/started', { failureThreshold: 5 }), readinessProbe: ask('/healthy') },
      {},
    );
    const report = await rehearse(server, good);
    expect(report.checks[0]?.because ?? '').not.toContain('startup');
    const bad = manifest(
      'never-started.json',
      { startupProbe: ask('/never', { failureThreshold: 2 }), readinessProbe: ask('/healthy') },
      {},
    );
    const refused = await rehearse(server, bad);
    expect(refused.checks[0]).toMatchObject({ status: 'inconclusive' });
    expect(refused.checks[0]?.because).toContain('status 503 when it was asked 2 times');
  });
});
