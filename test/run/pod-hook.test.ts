import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { HookPlan, PodRequest } from '../../src/plan/pod.js';
import { PodAddress } from '../../src/run/pod-address.js';
import { hookWords, runHook, type HookStage } from '../../src/run/pod-hook.js';
import { runInside, type Place } from '../../src/target/inside.js';
import type { Watchdog } from '../../src/target/watchdog.js';

const NO_WATCHDOG = { mark: () => undefined, unmark: () => undefined } as unknown as Watchdog;
const PLACE: Place = {
  cwd: '/',
  env: { PATH: process.env['PATH'], GREETING: 'hello' },
  namespacesOf: null,
  watchdog: NO_WATCHDOG,
};
const REQUEST: PodRequest = { scheme: 'HTTP', host: null, port: 8080, path: '/prestop', headers: [] };

function stage(port = 1, timeScale = 1): HookStage {
  const address = new PodAddress({ host: '127.0.0.1', port }, [port], [], null);
  return { address, inside: (command) => runInside(command, PLACE), minor: 32, timeScale };
}

const run = (hook: HookPlan, where = stage()) => runHook(hook, where).done;

describe('a hook', () => {
  it('runs a command in the environment of the target', async () => {
    const command = ['sh', '-c', 'test "$GREETING" = hello'];
    expect(await run({ kind: 'exec', command })).toEqual({ failure: null, detail: null });
  });

  it.each([
    [['sh', '-c', 'echo no luck >&2; exit 3'], /^exit 3: no luck$/],
    [['/bin/no-such-program'], /^exit 127: .*ENOENT/],
    [['sh', '-c', 'kill -9 $$'], /^SIGKILL/],
  ])('fails with %j', async (command, failure) => {
    expect((await run({ kind: 'exec', command })).failure).toMatch(failure);
  });

  it('is no shell: words stay words', async () => {
    expect((await run({ kind: 'exec', command: ['test', '$GREETING', '=', '$GREETING'] })).failure).toBeNull();
    expect((await run({ kind: 'exec', command: ['sleep 0'] })).failure).toMatch(/ENOENT/);
  });

  it('ends with its container, and all that it has started', async () => {
    const hook = runHook({ kind: 'exec', command: ['sh', '-c', 'sleep 100 & wait'] }, stage());
    hook.kill();
    expect((await hook.done).failure).toMatch(/^SIGKILL/);
  });

  it.each([200, 404, 500])('does not look at the status of its answer: %i', async (status) => {
    const server = createServer((_request, response) => response.writeHead(status).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await run({ kind: 'http', request: REQUEST }, stage(port))).toEqual({
      failure: null,
      detail: `answered ${status}`,
    });
  });

  it('fails when nobody answers, and does not ask another host', async () => {
    expect((await run({ kind: 'http', request: REQUEST })).failure).toBe('refused');
    expect((await run({ kind: 'http', request: { ...REQUEST, host: 'other.example' } })).failure).toContain(
      'other.example',
    );
  });

  it('fails as tcpSocket, which no kubelet can run', async () => {
    expect((await run({ kind: 'tcp', port: 8080 })).failure).toContain('tcpSocket');
  });

  it('sleeps, shorter with a scale', async () => {
    const before = performance.now();
    expect(await run({ kind: 'sleep', durationMs: 60_000 }, stage(1, 1000))).toEqual({ failure: null, detail: null });
    const tookMs = performance.now() - before;
    expect(tookMs).toBeGreaterThanOrEqual(55);
    expect(tookMs).toBeLessThan(30_000);
  });

  it('is called by what it does', () => {
    expect(hookWords({ kind: 'sleep', durationMs: 5000 })).toBe('sleep 5 s');
    expect(hookWords({ kind: 'exec', command: ['sh', '-c', 'sleep 5'] })).toBe('sh -c sleep 5');
    expect(hookWords({ kind: 'http', request: REQUEST })).toBe('GET /prestop');
  });
});

describe('the address of a pod', () => {
  const address = new PodAddress({ host: '127.0.0.1', port: 34_567 }, [34_567], [9090], 8080);

  it('takes a port that is listened on for that, and any other for the service', () => {
    expect(address.portOf(9090)).toBe(9090);
    expect(address.portOf(8080)).toBe(34_567);
    expect(address.urlOf(REQUEST)?.href).toBe('http://127.0.0.1:34567/prestop');
    expect(address.urlOf({ ...REQUEST, scheme: 'HTTPS', path: 'a?b=1' })?.href).toBe('https://127.0.0.1:34567/a?b=1');
  });

  it('takes a port that is not the one of clients for the second listener', () => {
    const two = new PodAddress({ host: '127.0.0.1', port: 34_567 }, [34_567, 40_123], [], 8080);
    expect([two.portOf(8080), two.portOf(8081)]).toEqual([34_567, 40_123]);
    // Which of several is meant nobody knows, and without a port for clients neither.
    const three = new PodAddress({ host: '127.0.0.1', port: 34_567 }, [34_567, 40_123, 40_124], [], 8080);
    const unknown = new PodAddress({ host: '127.0.0.1', port: 34_567 }, [34_567, 40_123], [], null);
    expect([three.portOf(8081), unknown.portOf(8081)]).toEqual([34_567, 34_567]);
  });

  it('is nowhere but here', () => {
    expect(address.urlOf({ ...REQUEST, host: '10.0.0.1' })).toBeNull();
    expect(address.urlOf({ ...REQUEST, host: 'localhost' })?.hostname).toBe('127.0.0.1');
  });
});
