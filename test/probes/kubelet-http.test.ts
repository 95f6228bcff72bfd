import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askTcp } from '../../src/probes/ask-tcp.js';
import { askAsKubelet, type KubeletRequest } from '../../src/probes/kubelet-http.js';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on a free port; gives its port. */
async function serve(listener: Listener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const ask = (port: number, path: string, more: Partial<KubeletRequest> = {}) =>
  askAsKubelet({ url: new URL(`http://127.0.0.1:${port}${path}`), headers: [], minor: 32, timeoutMs: 5000, ...more });
const status = (code: number) => ({ kind: 'status', status: code });
/** A path that leads elsewhere. */
const to =
  (location: string, code = 302): Listener =>
  (_request, response) =>
    response.writeHead(code, { location }).end();

describe('an HTTP probe of the kubelet', () => {
  it.each([200, 204, 399, 400, 503])('tells the status %i', async (code) => {
    const port = await serve((_request, response) => response.writeHead(code).end());
    expect(await ask(port, '/')).toEqual(status(code));
  });

  it('names itself, takes anything, and closes its connection', async () => {
    let seen: IncomingMessage['headers'] = {};
    const port = await serve((request, response) => {
      seen = request.headers;
      response.end();
    });
    await ask(port, '/');
    expect(seen).toMatchObject({ 'user-agent': 'kube-probe/1.32', accept: '*/*', connection: 'close' });
  });

  it('sends the headers of the manifest, its own Host among them', async () => {
    let seen: IncomingMessage['headers'] = {};
    const port = await serve((request, response) => {
      seen = request.headers;
      response.end();
    });
    await ask(port, '/', {
      headers: [
        ['Host', 'shop.example'],
        ['X-Probe', 'yes'],
        ['Accept', ''],
      ],
    });
    expect(seen).toMatchObject({ host: 'shop.example', 'x-probe': 'yes' });
    expect(seen.accept).toBeUndefined();
  });

  it('follows redirects on the same host, to another port as well', async () => {
    const there = await serve((_request, response) => response.writeHead(500).end());
    const port = await serve((request, response) =>
      request.url === '/a' ? to('/b')(request, response) : to(`http://127.0.0.1:${there}/c`)(request, response),
    );
    expect(await ask(port, '/a')).toEqual(status(500));
  });

  it('takes a redirect to another host for the answer, and goes there not', async () => {
    const port = await serve(to('http://localhost.invalid/'));
    expect(await ask(port, '/')).toEqual(status(302));
  });

  it.each([300, 304])('takes a %i for the answer', async (code) => {
    const port = await serve(to('/elsewhere', code));
    expect(await ask(port, '/')).toEqual(status(code));
  });

  it('gives up after ten redirects', async () => {
    let asked = 0;
    const port = await serve((request, response) => {
      asked += 1;
      to('/again')(request, response);
    });
    expect(await ask(port, '/')).toEqual({ kind: 'malformed' });
    expect(asked).toBe(11);
  });

  it('fails when it is not answered in time', async () => {
    const port = await serve(() => undefined);
    expect(await ask(port, '/', { timeoutMs: 50 })).toEqual({ kind: 'timed-out' });
  });

  it('waits for as long as it takes without a time-out, and can be called off', async () => {
    const port = await serve(() => undefined);
    const stop = new AbortController();
    const asked = ask(port, '/', { timeoutMs: null, abort: stop.signal });
    stop.abort();
    expect(await asked).toEqual({ kind: 'timed-out' });
  });

  it('tells of a closed port, and of a header that cannot be sent', async () => {
    const port = await serve((_request, response) => response.end());
    expect(await ask(1, '/')).toEqual({ kind: 'refused' });
    expect(await ask(port, '/', { headers: [['bad name', 'x']] })).toEqual({ kind: 'malformed' });
  });
});

describe('a TCP probe', () => {
  it('passes where somebody listens, and nowhere else', async () => {
    const port = await serve(() => undefined);
    expect(await askTcp('127.0.0.1', port, 5000)).toEqual(status(200));
    expect(await askTcp('127.0.0.1', 1, 5000)).toEqual({ kind: 'refused' });
  });
});
