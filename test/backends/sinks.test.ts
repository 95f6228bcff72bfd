import { createSocket } from 'node:dgram';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Marks } from '../../src/backends/marks.js';
import { OtlpSink } from '../../src/backends/otlp-sink.js';
import { StatsdSink } from '../../src/backends/statsd-sink.js';
import { forLife, Recorder } from '../../src/recording/recorder.js';
import { until } from '../support/cli.js';
import { examplePlan } from '../support/plan.js';

const NONCE = 'a1a2a3a4a5a6a7a8';
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function recorder() {
  const all = new Recorder(examplePlan(), { name: 'drain-check', version: '0' });
  return { life: forLife(all, 0), events: () => all.recording().events };
}

async function otlp() {
  const { life, events } = recorder();
  const marks = new Marks(NONCE);
  const sink = await OtlpSink.open(null, life, marks);
  closing.push(() => sink.close());
  const post = (path: string, body: Buffer | string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${sink.port}${path}`, { method: 'POST', body: Buffer.from(body), headers });
  return { marks, events, post, sink };
}

describe('the sink for OTLP', () => {
  it('finds trace ids in protobuf, packed or not, and in JSON', async () => {
    const { marks, events, post } = await otlp();
    const ids = [marks.next(), marks.next(), marks.next()];
    const protobuf = (id = '') =>
      Buffer.concat([Buffer.from([0x0a, 0x10]), Buffer.from(id, 'hex'), Buffer.from([0x12])]);
    expect((await post('/v1/traces', protobuf(ids[0]))).status).toBe(200);
    await post('/v1/traces', gzipSync(protobuf(ids[1])), { 'content-encoding': 'gzip' });
    const json = await post('/base/v1/traces', JSON.stringify({ traceId: ids[2] }), {
      'content-type': 'application/json',
    });
    expect(await json.text()).toBe('{}');
    expect(events().map((event) => (event.type === 'telemetry-received' ? event.ids : []))).toEqual(
      ids.map((id) => [id]),
    );
  });

  it('tells traces from metrics and logs, and takes nothing else', async () => {
    const { events, post, sink } = await otlp();
    await post('/v1/metrics', 'x');
    await post('/v1/logs', 'x');
    expect((await post('/elsewhere', 'x')).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${sink.port}/v1/traces`)).status).toBe(404);
    expect(events()).toMatchObject([{ exported: 'metrics' }, { exported: 'logs' }]);
  });

  it('refuses what is not packed although it says so', async () => {
    const { events, post } = await otlp();
    expect((await post('/v1/traces', 'plain', { 'content-encoding': 'gzip' })).status).toBe(400);
    expect(events()).toEqual([]);
  });

  it('says when its port is taken', async () => {
    const { sink } = await otlp();
    const { life } = recorder();
    await expect(OtlpSink.open(sink.port, life, new Marks(NONCE))).rejects.toMatchObject({ code: 'sink-failed' });
  });
});

describe('the sink for StatsD', () => {
  it('adds up what comes within a moment', async () => {
    const { life, events } = recorder();
    const sink = await StatsdSink.open(null, life);
    const socket = createSocket('udp4');
    closing.push(
      () => sink.close(),
      () => socket.close(),
    );
    socket.send('requests:1|c\nrequests:2|c\nusers:3|g', sink.port, '127.0.0.1');
    await until(() => events().length > 0);
    expect(events()).toMatchObject([
      { type: 'statsd-received', series: [{ name: 'requests', points: 3, sampled: false }] },
    ]);
  });

  it('says when its port is taken', async () => {
    const { life } = recorder();
    const sink = await StatsdSink.open(null, life);
    closing.push(() => sink.close());
    await expect(StatsdSink.open(sink.port, life)).rejects.toMatchObject({ code: 'sink-failed' });
  });
});
