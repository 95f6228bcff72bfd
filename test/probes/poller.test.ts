import { describe, expect, it, onTestFinished } from 'vitest';
import { ProbePoller, type PollerOptions } from '../../src/probes/poller.js';
import { createClock } from '../../src/recording/clock.js';
import type { EventOf } from '../../src/recording/events.js';
import { deadOrigin, httpServer, type Origin } from '../support/http.js';

type Run = Parameters<PollerOptions['onRun']>[0];

/** A poller, its runs so far, and a promise of the first so many of them. */
function poll(origin: Origin, more: Partial<PollerOptions> = {}) {
  const runs: Run[] = [];
  let wanted = Infinity;
  let enough: (() => void) | undefined;
  const onRun = (run: Run) => {
    runs.push(run);
    if (runs.length >= wanted) enough?.();
  };
  const clock = createClock();
  const poller = new ProbePoller({
    role: 'readiness',
    origin,
    path: '/ready',
    intervalMs: 1,
    timeoutMs: 60_000,
    clock,
    onRun,
    ...more,
  });
  onTestFinished(() => poller.stop());
  const first = (count: number) =>
    new Promise<void>((resolve) => {
      wanted = count;
      enough = resolve;
      if (runs.length >= count) resolve();
    });
  return { poller, runs, first, clock };
}

/** Answers with these statuses one after another, then with the last for ever; `asked` settles when they are used up. */
async function statuses(...list: number[]) {
  let next = 0;
  let used: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (used = resolve));
  const origin = await httpServer((_, response) => {
    response.writeHead(list[Math.min(next++, list.length - 1)] ?? 500).end();
    if (next > list.length) used();
  });
  return { origin, asked };
}

const summary = (runs: readonly Run[]) =>
  runs.map(({ outcome, count }) => [outcome.kind === 'status' ? outcome.status : outcome.kind, count]);

describe('ProbePoller', () => {
  it('makes one run of equal outcomes that follow each other', async () => {
    const { origin } = await statuses(200, 200, 200, 503, 503, 200, 404);
    const { poller, runs, first } = poll(origin);
    void poller.start();
    await first(3);
    expect(summary(runs)).toEqual([
      [200, 3],
      [503, 2],
      [200, 1],
    ]);
  });

  it('knows when each run began and ended', async () => {
    const { origin } = await statuses(200, 200, 503, 503, 500);
    const { poller, runs, first, clock } = poll(origin);
    const before = clock.now();
    void poller.start();
    await first(2);
    const [good, bad] = runs as [Run, Run];
    const times = [
      before,
      good.first.startedAt,
      good.first.endedAt,
      good.last.startedAt,
      good.last.endedAt,
      bad.first.startedAt,
      bad.first.endedAt,
      bad.last.startedAt,
      bad.last.endedAt,
      clock.now(),
    ];
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(good.role).toBe('readiness');
    expect(runs.every((run) => run.maxLateMs >= 0)).toBe(true);
  });

  it('gives out the run under way when it is stopped, and nothing after that', async () => {
    const { origin, asked } = await statuses(200);
    const { poller, runs } = poll(origin, { role: 'liveness' });
    void poller.start();
    await asked;
    expect(runs).toEqual([]);
    poller.stop();
    expect(summary(runs)).toEqual([[200, runs[0]?.count]]);
    expect(runs[0]).toMatchObject<Partial<EventOf<'probe-run'>>>({ role: 'liveness' });
    poller.stop();
    expect(runs).toHaveLength(1);
  });

  it('has nothing to give out when it is stopped before an answer', async () => {
    let ask: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (ask = resolve));
    const silent = await httpServer(() => ask());
    const { poller, runs } = poll(silent);
    void poller.start();
    await asked;
    poller.stop();
    expect(runs).toEqual([]);
  });

  it('asks once at a time, however slow the answer and however short the interval', async () => {
    let open = 0;
    let most = 0;
    let answered = 0;
    const origin = await httpServer((_, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.writeHead(++answered > 5 ? 503 : 200).end();
      }, 5);
    });
    const { poller, runs, first } = poll(origin);
    void poller.start();
    await first(1);
    expect(most).toBe(1);
    expect(summary(runs)).toEqual([[200, 5]]);
  });

  it('does not make up for questions that a slow answer swallowed, and blames nobody for them', async () => {
    let now = 0;
    let asked = 0;
    const origin = await httpServer((_, response) => {
      asked++;
      // The first answer takes a hundred intervals; the clock stands still after it.
      if (asked === 1) now = 1000;
      response.writeHead(asked > 4 ? 503 : 200).end();
    });
    const { poller, runs, first } = poll(origin, { intervalMs: 10, clock: { now: () => now, originNs: 0n } });
    void poller.start();
    await first(1);
    expect(runs[0]).toMatchObject({
      count: 4,
      maxLateMs: 0,
      first: { startedAt: 0, endedAt: 1000 },
      last: { startedAt: 1000, endedAt: 1000 },
    });
  });

  it('says how late it was itself', async () => {
    const times = [0, 70, 75, 75];
    const { origin } = await statuses(200, 503);
    const { poller, runs, first } = poll(origin, {
      intervalMs: 10,
      clock: { now: () => times.shift() ?? 75, originNs: 0n },
    });
    void poller.start();
    await first(1);
    expect(runs[0]?.maxLateMs).toBe(70);
  });

  it('has started when the first answer is there', async () => {
    const { origin } = await statuses(200);
    const { poller, runs } = poll(origin, { intervalMs: 1_000_000 });
    await poller.start();
    poller.stop();
    expect(summary(runs)).toEqual([[200, 1]]);
  });

  it('goes on when nobody listens', async () => {
    const { poller, runs, clock } = poll(await deadOrigin());
    const now = clock.now;
    let questions = 0;
    let enough: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => (enough = resolve));
    clock.now = () => {
      if (++questions > 12) enough();
      return now();
    };
    void poller.start();
    await asked;
    poller.stop();
    expect(runs.map((run) => run.outcome)).toEqual([{ kind: 'refused' }]);
    expect(runs[0]?.count).toBeGreaterThan(1);
  });
});
