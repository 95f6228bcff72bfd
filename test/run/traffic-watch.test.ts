import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { UrlTarget } from '../../src/plan/types.js';
import type { Ending } from '../../src/recording/events.js';
import { forLife, Recorder } from '../../src/recording/recorder.js';
import { TrafficWatch } from '../../src/run/traffic-watch.js';
import { NewConnections } from '../../src/traffic/new-connections.js';
import { Numbering } from '../../src/traffic/numbering.js';
import { httpServer, send, type Origin } from '../support/http.js';
import { urlPlan } from '../support/plan.js';

const LIFE = 3;
/** So long that all a test has recorded is of this while, however slow the machine is. */
const A_WHILE = 100_000;

/** A watch over one life, and a way to tell it of new connections. */
function stage(usualStatus: number | null = 200) {
  const plan = urlPlan();
  const recorder = new Recorder(plan, { name: 'drain-check', version: '0.0.0' });
  const watch = new TrafficWatch(recorder, LIFE, usualStatus);
  let exchange = 0;
  interface Where {
    status?: number;
    life?: number;
    kind?: 'new-connection' | 'new-work';
  }
  const arrival = (ending: Ending = 'answered', { status = 200, life = LIFE, kind = 'new-connection' }: Where = {}) => {
    exchange += 1;
    const opened = { type: 'exchange-opened', exchange, kind, connection: exchange, method: 'GET', path: '/' } as const;
    recorder.record(life, opened);
    recorder.record(life, {
      type: 'exchange-ended',
      exchange,
      ending,
      status: ending === 'answered' ? status : null,
      bytes: 0,
      framing: null,
      announcedClose: null,
      headAt: null,
      socket: null,
      detail: null,
    });
  };
  const steady = (
    changes: Partial<UrlTarget> = {},
    more: { from?: number; patienceMs?: number; isReady?: () => Promise<boolean>; abort?: AbortSignal } = {},
  ) => {
    const target = { ...plan.target, steadyMs: A_WHILE, ...changes } as UrlTarget;
    return watch.untilSteady({
      target,
      from: -A_WHILE,
      patienceMs: A_WHILE,
      isReady: () => Promise.resolve(true),
      abort: new AbortController().signal,
      ...more,
    });
  };
  return { recorder, watch, arrival, steady };
}

/** New connections to an origin, one after another, until the test is over. */
function knock(recorder: Recorder, origin: Origin): void {
  const exchanges = { recorder: forLife(recorder, LIFE), numbering: new Numbering(1) };
  const knocking = new NewConnections(exchanges, {
    origin,
    path: '/',
    intervalMs: 5,
    work: null,
    workIntervalMs: 1000,
  });
  knocking.start();
  onTestFinished(() => knocking.stop());
}

describe('traffic is steady', () => {
  it('when every new connection of a while was served', async () => {
    const { arrival, steady, watch } = stage();
    for (let i = 0; i < 3; i++) arrival();
    arrival('answered', { status: 302 });
    expect(await steady()).toBe(true);
    expect(watch.changed).toBe(false);
  });

  it.each([
    [404, 404, true],
    [200, 404, false],
    [401, 404, false],
    [null, 404, false],
    [null, 204, true],
    [500, 500, false],
  ])('when all is as usual, %s: with %i it is served: %s', async (usual, status, served) => {
    const { arrival, steady, watch } = stage(usual);
    arrival('answered', { status });
    expect(await steady()).toBe(served);
    expect(watch.changed).toBe(!served);
  });

  it.each(['refused', 'rejected', 'reset', 'closed', 'short', 'timed-out'] as const)(
    'when every new connection of a while was %s',
    async (ending) => {
      const { arrival, steady, watch } = stage();
      for (let i = 0; i < 3; i++) arrival(ending);
      expect(await steady()).toBe(false);
      expect(watch.changed).toBe(true);
    },
  );

  it('when errors of the server’s are all there is', async () => {
    const { arrival, steady } = stage();
    arrival('answered', { status: 502 });
    arrival('refused');
    expect(await steady()).toBe(false);
  });

  it('whatever the tester has ended, and whatever came of other traffic and of other lives', async () => {
    const { arrival, steady, watch } = stage();
    arrival();
    arrival('ended-by-tester');
    arrival('reset', { kind: 'new-work' });
    arrival('reset', { life: LIFE + 1 });
    expect(await steady()).toBe(true);
    expect(watch.changed).toBe(false);
  });

  it('as soon as it is ready again, which it is asked until it is', async () => {
    const { arrival, steady } = stage();
    arrival();
    const isReady = vi.fn<() => Promise<boolean>>().mockResolvedValueOnce(false).mockResolvedValueOnce(false);
    isReady.mockResolvedValue(true);
    expect(await steady({}, { isReady })).toBe(true);
    expect(isReady).toHaveBeenCalledTimes(3);
  });

  it('without being asked whether it is ready when nothing is served', async () => {
    const { arrival, steady } = stage();
    arrival('refused');
    const isReady = vi.fn<() => Promise<boolean>>();
    expect(await steady({}, { isReady })).toBe(false);
    expect(isReady).not.toHaveBeenCalled();
  });

  it.each([
    ['replaced', true],
    ['gone', false],
  ] as const)('when it is to be %s and serves: %s', async (afterStop, serving) => {
    const { arrival, steady } = stage();
    arrival(serving ? 'answered' : 'refused');
    expect(await steady({ afterStop })).toBe(serving);
  });
});

describe('traffic is not steady', () => {
  it.each<[string, (one: ReturnType<typeof stage>) => void]>([
    [
      'when some was served and some was not',
      ({ arrival }) => ['answered' as const, 'refused' as const].forEach((ending) => arrival(ending)),
    ],
    ['when there was none', () => undefined],
    ['when all of it was ended by the tester', ({ arrival }) => arrival('ended-by-tester')],
  ])('%s', async (_, traffic) => {
    const one = stage();
    traffic(one);
    await expect(one.steady({}, { patienceMs: 0 })).rejects.toMatchObject({
      code: 'stop-failed',
      message: expect.stringMatching(/^Traffic was not steady again within 5 ?m/) as string,
    });
  });

  it('while it is not ready', async () => {
    const { arrival, steady } = stage();
    arrival();
    const isReady = () => Promise.resolve(false);
    await expect(steady({}, { patienceMs: 0, isReady })).rejects.toMatchObject({ code: 'stop-failed' });
  });

  it('before a while has passed', async () => {
    const { arrival, steady, recorder } = stage();
    arrival();
    await expect(steady({}, { from: recorder.clock.now(), patienceMs: 0 })).rejects.toMatchObject({
      code: 'stop-failed',
    });
  });

  it('when it still serves and was to be gone, and that is said', async () => {
    const { arrival, steady } = stage();
    arrival();
    await expect(steady({ afterStop: 'gone', stopTimeoutMs: 2000 }, { patienceMs: 0 })).rejects.toMatchObject({
      code: 'stop-failed',
      message: expect.stringContaining('The service still serves 2 s after it was to be stopped') as string,
      hint: expect.stringContaining('--after-stop replaced') as string,
    });
  });

  it('when the run is aborted meanwhile', async () => {
    const { steady } = stage();
    const abort = new AbortController();
    const waiting = steady({}, { abort: abort.signal });
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('traffic changes', () => {
  it('when something goes otherwise than well', async () => {
    const { watch, arrival } = stage();
    const changed = watch.untilChanged(A_WHILE, new AbortController().signal);
    arrival();
    arrival('reset');
    expect(await changed).toBe(true);
  });

  it('not in time', async () => {
    const { watch, arrival } = stage();
    arrival();
    expect(await watch.untilChanged(0, new AbortController().signal)).toBe(false);
  });
});

describe('a real service', () => {
  it('is served in peace, and seen to be gone when it is', async () => {
    const { recorder, watch, steady } = stage();
    let leaving = false;
    const origin = await httpServer((request, response) => {
      if (leaving) request.socket.destroy();
      else send(response, {});
    });
    knock(recorder, origin);
    const now = () => ({ from: recorder.clock.now() });
    expect(await steady({ steadyMs: 60 }, now())).toBe(true);
    expect(watch.changed).toBe(false);
    // It is to be gone, and goes when it has been waited for.
    const gone = steady({ steadyMs: 60, afterStop: 'gone' }, now());
    let settled = false;
    void gone.then(() => (settled = true));
    expect(await steady({ steadyMs: 60 }, now())).toBe(true);
    expect(settled).toBe(false);
    leaving = true;
    expect(await gone).toBe(false);
    expect(watch.changed).toBe(true);
  });

  it('is steady again when the next instance serves', async () => {
    const { recorder, steady, watch } = stage();
    const sockets = new Set<Socket>();
    let turned = 0;
    const origin = await httpServer((request, response) => {
      sockets.add(request.socket);
      // A gap in the middle.
      if (sockets.size < 5 || turned >= 5) send(response, {});
      else send(response, { status: (turned += 1) > 0 ? 503 : 200 });
    });
    knock(recorder, origin);
    expect(await watch.untilChanged(A_WHILE, new AbortController().signal)).toBe(true);
    expect(await steady({ steadyMs: 100 }, { from: recorder.clock.now() })).toBe(true);
    expect(turned).toBe(5);
  });
});
