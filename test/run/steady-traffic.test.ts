import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Origin } from '../../src/plan/origin.js';
import type { Plan } from '../../src/plan/types.js';
import { createClock } from '../../src/recording/clock.js';
import type { EventBody, EventType, ExchangeKind } from '../../src/recording/events.js';
import type { KnownWork, RunContext } from '../../src/run/context.js';
import { SteadyTraffic } from '../../src/run/steady-traffic.js';
import { hasConnectionTable } from '../../src/target/connection-table.js';
import { Numbering } from '../../src/traffic/numbering.js';
import { until } from '../support/cli.js';
import { httpServer, send } from '../support/http.js';
import { examplePlan } from '../support/plan.js';

const NOTHING: KnownWork = { upload: null, streams: [], websockets: [], grpc: null };
const UPLOAD: KnownWork['upload'] = { method: 'POST', path: '/upload', headers: [], body: 'a body' };

/** Steady traffic to an origin, and what is recorded of it. It is ended with the test. */
function traffic(origin: Origin, changes: Partial<Plan> = {}, work: Partial<KnownWork> = {}, calibrated = false) {
  const events: EventBody[] = [];
  const recorder = { clock: createClock(), record: (event: EventBody) => events.push(event) };
  const numbering = new Numbering(1);
  const context = {
    plan: examplePlan({ requests: 1, attemptIntervalMs: 5, ...changes }),
    known: { survey: null },
    numbering,
  } as unknown as RunContext;
  const steady = new SteadyTraffic(context, { recorder, numbering }, origin, calibrated);
  onTestFinished(() => steady.close());
  steady.start({ ...NOTHING, ...work });
  const recorded = <T extends EventType>(type: T) =>
    events.filter((event): event is Extract<EventBody, { type: T }> => event.type === type);
  const opened = (kind: ExchangeKind) => recorded('exchange-opened').filter((event) => event.kind === kind);
  const endings = (kind: ExchangeKind) => {
    const ids = new Set(opened(kind).map(({ exchange }) => exchange));
    return recorded('exchange-ended').flatMap(({ exchange, ending }) => (ids.has(exchange) ? [ending] : []));
  };
  return { steady, recorded, opened, endings };
}

/** A server that holds what it is asked at /slow and /upload until it is told to answer, and answers all else at once. */
async function holding() {
  const held: ServerResponse[] = [];
  const origin = await httpServer((request, response) => {
    request.resume();
    if (request.url === '/slow') held.push(response);
    else if (request.url === '/upload') request.once('end', () => send(response, {}));
    else send(response, {});
  });
  return { origin, held };
}

/** A server that answers as it is told to. */
const answering = (answer: (request: IncomingMessage, response: ServerResponse) => void) => httpServer(answer);

describe('steady traffic', () => {
  it('has the next request under way as soon as one is answered', async () => {
    const { origin, held } = await holding();
    const { opened, endings, steady } = traffic(origin, { requests: 2 });
    await until(() => held.length === 2);
    expect(steady.open).toHaveLength(2);
    send(held[0] as ServerResponse, {});
    await until(() => held.length === 3);
    send(held[2] as ServerResponse, {});
    await until(() => held.length === 4);
    expect(endings('slow-response')).toEqual(['answered', 'answered']);
    expect(opened('slow-response')).toHaveLength(4);
    expect(new Set(opened('slow-response').map(({ connection }) => connection)).size).toBe(4);
    expect(steady.open).toHaveLength(2);
  });

  it.each([
    ['turned away', 'rejected', 503],
    ['answered with an error', 'answered', 500],
    ['cut off', 'closed', null],
  ] as const)('tries again when it was %s', async (_, ending, status) => {
    const origin = await answering((request, response) => {
      if (request.url !== '/slow') send(response, {});
      else if (status === null) request.socket.end();
      else send(response, { status });
    });
    const { endings } = traffic(origin);
    await until(() => endings('slow-response').length === 2);
    expect(endings('slow-response')).toEqual([ending, ending]);
  });

  it('withholds the end of an upload for a while, then begins the next', async () => {
    const { origin } = await holding();
    const { opened, endings, recorded } = traffic(origin, { slow: [], requests: 2 }, { upload: UPLOAD });
    await until(() => opened('slow-upload').length === 2);
    expect(recorded('upload-released')).toEqual([]);
    await until(() => opened('slow-upload').length === 4);
    expect(endings('slow-upload')).toEqual(['answered', 'answered']);
    expect(recorded('upload-released')).toHaveLength(2);
  });

  it('has one upload beside slow requests', async () => {
    const { origin, held } = await holding();
    const { opened } = traffic(origin, { requests: 3 }, { upload: UPLOAD });
    await until(() => held.length === 3);
    expect(opened('slow-upload')).toHaveLength(1);
  });

  describe('on kept connections', () => {
    it('asks one question after another', async () => {
      const { origin } = await holding();
      const { opened, endings, recorded } = traffic(origin, { slow: [] });
      await until(() => endings('reused-connection').length >= 6);
      expect(new Set(opened('reused-connection').map(({ connection }) => connection)).size).toBe(2);
      expect(recorded('connection-closed')).toEqual([]);
    });

    it('opens another when it was told that one will be closed', async () => {
      const origin = await answering((_, response) => {
        response.setHeader('connection', 'close');
        send(response, {});
      });
      const { opened, endings } = traffic(origin, { slow: [] });
      const connections = () => new Set(opened('reused-connection').map(({ connection }) => connection)).size;
      await until(() => connections() >= 4);
      expect(new Set(endings('reused-connection'))).toEqual(new Set(['answered']));
      expect(connections()).toBe(opened('reused-connection').length);
    });

    it('opens another when one was closed between two questions', async () => {
      const origin = await answering((request, response) => {
        const { socket } = request;
        response.once('finish', () => setImmediate(() => socket.end()));
        send(response, {});
      });
      const { opened, recorded } = traffic(origin, { slow: [], attemptIntervalMs: 30 });
      await until(() => new Set(opened('reused-connection').map(({ connection }) => connection)).size >= 4);
      expect(new Set(recorded('connection-closed').map(({ by }) => by))).toEqual(new Set(['fin']));
    });
  });

  describe('is proved to be in the hands of the target', () => {
    it.runIf(hasConnectionTable({ host: '127.0.0.1', port: 0 }))('when it has been read', async () => {
      const { origin, held } = await holding();
      const { recorded, opened } = traffic(origin, { requests: 2 });
      await until(() => held.length === 2 && recorded('exchange-armed').length === 2);
      expect(recorded('exchange-armed')).toEqual(
        expect.arrayContaining(
          opened('slow-response').map(({ exchange }) => ({
            type: 'exchange-armed',
            exchange,
            proof: 'accepted-and-read',
          })),
        ),
      );
    });

    it('when an answer has begun', async () => {
      const origin = await answering((request, response) => {
        if (request.url === '/slow') response.write('so far');
        else send(response, {});
      });
      const { recorded } = traffic(origin);
      await until(() => recorded('exchange-armed').length === 1);
      expect(recorded('exchange-armed')).toMatchObject([{ proof: 'first-byte' }]);
    });

    it('where no system tells, when it has been silent for longer than a quick answer takes', async () => {
      const { origin, held } = await holding();
      const { recorded } = traffic({ ...origin, remote: true }, {}, { upload: UPLOAD }, true);
      await until(() => held.length === 1 && recorded('exchange-armed').length >= 2);
      expect(new Set(recorded('exchange-armed').map(({ proof }) => proof))).toEqual(
        new Set(['calibrated', 'held-upload']),
      );
    });

    it('once each', async () => {
      const { origin, held } = await holding();
      const { recorded } = traffic(origin);
      await until(() => recorded('exchange-armed').length === 1);
      send(held[0] as ServerResponse, {});
      await until(() => recorded('exchange-armed').length === 2);
      expect(new Set(recorded('exchange-armed').map(({ exchange }) => exchange)).size).toBe(2);
    });
  });

  describe('is stopped', () => {
    it('when what is under way has ended, and begins nothing any more', async () => {
      const { origin, held } = await holding();
      const { steady, opened, endings } = traffic(origin, { requests: 2 });
      await until(() => held.length === 2);
      let stopped = false;
      const stopping = steady.stop(60_000).then(() => (stopped = true));
      send(held[0] as ServerResponse, {});
      await until(() => endings('slow-response').length === 1);
      expect(stopped).toBe(false);
      send(held[1] as ServerResponse, {});
      await stopping;
      expect(endings('slow-response')).toEqual(['answered', 'answered']);
      expect(opened('slow-response')).toHaveLength(2);
      expect(steady.open).toEqual([]);
    });

    it('by ending what is under way when that takes too long', async () => {
      const { origin, held } = await holding();
      const { steady, endings } = traffic(origin, { requests: 2 }, { upload: UPLOAD });
      await until(() => held.length === 2);
      await steady.stop(1);
      expect(endings('slow-response')).toEqual(['ended-by-tester', 'ended-by-tester']);
      expect(endings('slow-upload')).toEqual(['ended-by-tester']);
      expect(steady.open).toEqual([]);
    });

    it('at once when there is nothing', async () => {
      const { origin } = await holding();
      const { steady, recorded } = traffic(origin, { slow: [] });
      await steady.stop(60_000);
      await until(() => recorded('connection-closed').length === 2);
      expect(recorded('connection-closed').map(({ by }) => by)).toEqual(['tester', 'tester']);
    });
  });
});
