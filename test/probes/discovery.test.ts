import { describe, expect, it } from 'vitest';
import { CANDIDATES } from '../../src/probes/candidates.js';
import { surveyEndpoints } from '../../src/probes/discovery.js';
import { deadOrigin, httpServer, pages, send, tcpServer, type Origin, type Page } from '../support/http.js';

const survey = (origin: Origin) => surveyEndpoints(origin, 60_000);
const ok: Page = { body: 'ok' };
const json = (value: unknown, status = 200): Page => ({
  status,
  body: JSON.stringify(value),
  type: 'application/json',
});
const specific = (path: string) => ({ path, status: 200, sureness: 'specific' });
const generic = (path: string) => ({ path, status: 200, sureness: 'generic' });

/** What was found, for a server of pages. */
async function found(known: Record<string, Page>, other?: Page | ((path: string) => Page)) {
  return (await survey(await pages(known, other))).endpoints;
}

const NOTHING = { readiness: null, liveness: null };

describe('names', () => {
  it('that say what they are', async () => {
    expect(await found({ '/ready': ok, '/live': ok })).toEqual({
      readiness: specific('/ready'),
      liveness: specific('/live'),
    });
    expect(await found({ '/healthz/ready': ok, '/healthz/live': ok, '/healthz': ok })).toEqual({
      readiness: specific('/healthz/ready'),
      liveness: specific('/healthz/live'),
    });
  });

  it.each(CANDIDATES)('are all looked for: $path', async ({ path, role }) => {
    const endpoint = { path, status: 200, sureness: role === null ? 'generic' : 'specific' };
    expect(await found({ [path]: json({ status: 'UP' }) })).toEqual({
      readiness: role === 'liveness' ? null : endpoint,
      liveness: role === 'liveness' ? endpoint : null,
    });
  });

  it('that could be either are taken for readiness, and never for both', async () => {
    expect(await found({ '/healthz': ok, '/ping': ok })).toEqual({ readiness: generic('/healthz'), liveness: null });
  });

  it('that could be either are liveness beside a readiness endpoint, and readiness beside a liveness endpoint', async () => {
    expect(await found({ '/readyz': ok, '/health': ok })).toEqual({
      readiness: specific('/readyz'),
      liveness: generic('/health'),
    });
    expect(await found({ '/livez': ok, '/health': ok })).toEqual({
      readiness: generic('/health'),
      liveness: specific('/livez'),
    });
  });

  it('are taken in their order, the most telling first', async () => {
    expect(
      await found({ '/_ready': ok, '/readyz': ok, '/up': ok, '/healthz': ok, '/_live': ok, '/alive': ok }),
    ).toEqual({ readiness: specific('/readyz'), liveness: specific('/alive') });
  });

  it('may have any good status', async () => {
    expect(await found({ '/ready': { status: 204 } })).toEqual({
      readiness: { path: '/ready', status: 204, sureness: 'specific' },
      liveness: null,
    });
    expect(await found({ '/ready': { status: 301 }, '/live': { status: 401 } })).toEqual(NOTHING);
  });
});

describe('a catch-all is no probe', () => {
  it('when it answers 200 to everything', async () => expect(await found({}, ok)).toEqual(NOTHING));
  it('when its bodies are empty', async () => expect(await found({}, { status: 200 })).toEqual(NOTHING));
  it('when it echoes the path', async () => {
    expect(await found({}, (path) => ({ body: `Hello from ${path}` }))).toEqual(NOTHING);
    expect(await found({}, (path) => json({ message: 'hello there', path, at: Date.now() }))).toEqual(NOTHING);
  });
  it('when it is a single page app', async () => {
    const page = '<!DOCTYPE html><html><head><title>App</title></head><body><div id="root"></div></body></html>';
    expect(await found({}, { body: page, type: 'text/html; charset=utf-8' })).toEqual(NOTHING);
    expect(await found({}, { body: `\n ${page.toLowerCase()}`, type: 'application/octet-stream' })).toEqual(NOTHING);
  });
  it('when only / is a page, and everything under it is the same', async () => {
    expect(await found({ '/': ok, '/ready': ok })).toEqual(NOTHING);
    const app = { body: '<html lang="en">the app</html>', type: 'text/html' };
    expect(await found({ '/health': app, '/status': app })).toEqual(NOTHING);
  });
  it('and does not hide the probe beside it', async () => {
    expect(
      await found(
        { '/ready': json({ status: 'UP', checks: ['database', 'cache'] }) },
        { body: 'welcome to our little service' },
      ),
    ).toEqual({ readiness: specific('/ready'), liveness: null });
    const app = { body: '<!doctype html><title>App</title>', type: 'text/html' };
    expect(await found({ '/healthz': ok }, app)).toEqual({ readiness: generic('/healthz'), liveness: null });
  });
});

describe('bodies', () => {
  it('may be empty', async () =>
    expect(await found({ '/ready': {}, '/live': {} }, { status: 404 })).toEqual({
      readiness: specific('/ready'),
      liveness: specific('/live'),
    }));

  it('may be JSON that echoes the path', async () => {
    const missing = (path: string) => json({ error: 'not found', path }, 404);
    expect(
      await found(
        { '/ready': json({ status: 'ok', path: '/ready' }), '/live': json({ status: 'ok', path: '/live' }) },
        missing,
      ),
    ).toEqual({ readiness: specific('/ready'), liveness: specific('/live') });
    expect(await found({}, missing)).toEqual(NOTHING);
  });

  it('may be long', async () => {
    const page = 'not here. '.repeat(2000);
    expect(await found({ '/ready': { body: 'ready. '.repeat(2000) } }, { status: 404, body: page })).toEqual({
      readiness: specific('/ready'),
      liveness: null,
    });
    expect(await found({}, { body: page })).toEqual(NOTHING);
  });
});

describe('not ready yet', () => {
  it('is said of a readiness endpoint that answers 503', async () => {
    const survey503 = await survey(await pages({ '/ready': { status: 503, body: 'starting' }, '/live': ok }));
    expect(survey503).toMatchObject({
      notReadyYet: '/ready',
      endpoints: { readiness: null, liveness: specific('/live') },
    });
  });

  it('and is found when it is asked again', async () => {
    let asked = 0;
    const origin = await httpServer((request, response) =>
      send(response, request.url !== '/ready' ? { status: 404 } : asked++ === 0 ? { status: 503 } : ok),
    );
    expect((await survey(origin)).notReadyYet).toBe('/ready');
    expect(await survey(origin)).toMatchObject({ notReadyYet: null, endpoints: { readiness: specific('/ready') } });
  });

  it('is not said when everything answers 503', async () => {
    expect(await survey(await pages({}, { status: 503, body: 'starting' }))).toMatchObject({
      notReadyYet: null,
      endpoints: NOTHING,
      plain: null,
    });
    expect(await survey(await pages({}, { status: 503 }))).toMatchObject({
      notReadyYet: null,
      endpoints: NOTHING,
      plain: null,
    });
  });

  it('is not said of liveness', async () =>
    expect((await survey(await pages({ '/live': { status: 503 } }))).notReadyYet).toBeNull());
});

describe('the plain path', () => {
  it('is / when that answers', async () => {
    expect((await survey(await pages({ '/': ok }))).plain).toEqual({ path: '/', status: 200 });
    expect((await survey(await pages({}))).plain).toEqual({ path: '/', status: 404 });
  });

  it('is a path that does not exist when / fails', async () => {
    const { plain } = await survey(await pages({ '/': { status: 500 } }));
    expect(plain).toEqual({ path: expect.stringMatching(/^\/[0-9a-f]{12}$/) as string, status: 404 });
  });
});

describe('what is asked', () => {
  it('is harmless: GET, each path once, a few at a time, others every time', async () => {
    let open = 0;
    let most = 0;
    const seen: string[] = [];
    const origin = await httpServer((request, response) => {
      most = Math.max(most, ++open);
      seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
      setImmediate(() => {
        open--;
        send(response, { status: 404 });
      });
    });
    const { asked } = await survey(origin);
    expect(seen).toHaveLength(asked);
    expect(new Set(seen).size).toBe(asked);
    expect(asked).toBe(CANDIDATES.length + 5);
    expect(seen.filter((line) => !line.startsWith('GET /'))).toEqual([]);
    expect(most).toBeLessThanOrEqual(8);
    await survey(origin);
    expect(new Set(seen).size).toBe(asked + 4);
  });
});

describe('a target that does not speak', () => {
  const silence = { endpoints: NOTHING, plain: null, notReadyYet: null };
  it('refuses', async () => expect(await survey(await deadOrigin())).toMatchObject(silence));
  it('hangs up', async () => expect(await survey(await tcpServer((socket) => socket.end()))).toMatchObject(silence));
  it('speaks something else', async () =>
    expect(await survey(await tcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))).toMatchObject(silence));
  it('never answers', async () =>
    expect(await surveyEndpoints(await tcpServer((socket) => socket.resume()), 20)).toMatchObject(silence));
});

describe('pages for any path are no probes, whatever words they use', () => {
  it.each(['{"status":"ok"}', 'service is healthy and ready', 'OK - live', 'ready'])('%s', async (body) => {
    expect(await found({}, { body })).toEqual(NOTHING);
  });

  it('also when each answer has an identifier of its own', async () => {
    expect(await found({}, () => json({ requestId: crypto.randomUUID(), ok: true }))).toEqual(NOTHING);
  });
});
