import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePoint } from '../src/backends/statsd-sink.js';
import { DrainCheckError } from '../src/errors.js';
import { judgeRecording } from '../src/judging.js';
import { readResources } from '../src/kubernetes/documents.js';
import { parseRecording } from '../src/recording/file.js';
import { compareReports } from '../src/report/compare.js';
import { renderJson } from '../src/report/json.js';
import { parseReport } from '../src/report/read.js';
import { parseEvent } from '../src/target/container-events.js';
import { parseContainer, parseImage, stopSignalIn } from '../src/target/container-facts.js';
import { parseListenOverflows } from '../src/target/listen-overflows.js';
import { carriesLimit } from '../src/target/limit-mark.js';
import { parseListenRows, parseUnixListeners } from '../src/target/processes/proc-net.js';
import { parseStat } from '../src/target/processes/proc.js';
import { Story } from './support/story.js';
import { mutated } from './traffic/lean/mutations.js';

const ROOT = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

const story = new Story().life().signal().exit(100);
const report = judgeRecording(story.recording(), story.plan);
const uuid = '12345678-1234-4123-8123-123456789abc';
const inspected = JSON.stringify([
  {
    Id: 'c5',
    Name: '/orders',
    Created: '2026-01-01T00:00:00.123456789Z',
    Config: { StopSignal: 'SIGQUIT', StopTimeout: 10, Cmd: ['sh', '-c', 'x'], Entrypoint: null, Env: ['A=b'] },
    State: { Pid: 4242, Running: true, ExitCode: 0, OOMKilled: false },
    HostConfig: { NetworkMode: 'host', Init: true },
    NetworkSettings: { Ports: { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }] } },
  },
]);

/** Everything that reads what somebody else wrote, with examples that are as they should be. */
const READERS: Record<string, { read: (text: string) => unknown; examples: string[] }> = {
  'a process in /proc': {
    read: (text) => parseStat(text, () => ''),
    examples: ['42 (a (b) c) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 123456 0 0'],
  },
  'listeners in /proc': {
    read: parseListenRows,
    examples: [
      '  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 42 1\n',
      '   0: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 42 1\n',
    ],
  },
  'Unix sockets in /proc': {
    read: (text) => parseUnixListeners(text, '/run/a b.sock'),
    examples: ['Num Path\n0000000000000000: 00000002 00000000 00010000 0001 01 42 /run/a b.sock\n'],
  },
  'limits in /proc': {
    read: (text) => carriesLimit(text, uuid),
    examples: ['Limit Soft Hard Units\nMax cpu time              1305419896           unlimited            seconds\n'],
  },
  'overflows in /proc': {
    read: parseListenOverflows,
    examples: ['TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 7 9\nIpExt: A B\nIpExt: 1 2\n'],
  },
  'an event of a container engine': {
    read: parseEvent,
    examples: [
      '{"Type":"container","Action":"kill","Actor":{"ID":"c5","Attributes":{"signal":"15"}},"timeNano":1.7e18}',
      '{"ID":"c5","Status":"died","Time":"2023-11-14T22:13:20Z","Type":"container","ContainerExitCode":3}',
    ],
  },
  'a container': { read: parseContainer, examples: [inspected] },
  'an image': {
    read: parseImage,
    examples: ['[{"Id":"a","Config":{"StopSignal":"SIGQUIT"}}]', '[{"Id":"a","Config":null}]'],
  },
  'arguments of a container engine': {
    read: (text) => stopSignalIn(text.split(' ')),
    examples: ['--init --stop-signal INT -v a:b', '--stop-signal=37'],
  },
  'a metric of StatsD': { read: parsePoint, examples: ['orders.done:1:2.5|c|@0.1|#env:test', 'latency:12|ms'] },
  'a report': {
    read: (text) => compareReports(report, parseReport(text, 'it')),
    examples: [renderJson(report)],
  },
  'a recording': {
    // What can be read can be judged.
    read: (text) => {
      const recording = parseRecording(text, 'it');
      return judgeRecording(recording, recording.header.plan);
    },
    examples: readdirSync(path.join(ROOT, 'fixtures/recordings'))
      .filter((name) => /^(exits-at-once|dies-by-default|truncates)/.test(name) && name.endsWith('.ndjson'))
      .map((name) => read(`fixtures/recordings/${name}`)),
  },
  'a manifest': {
    read: (text) => readResources([{ name: 'it.yaml', text }]),
    examples: [read('fixtures/charts/helm-template.yaml'), read('fixtures/charts/list.json')],
  },
};

/** It gives something or has an error of its own: whatever it is given, nothing falls over. */
function takesAnything(read: (text: string) => unknown, text: string): void {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof DrainCheckError)) throw error;
  }
}

describe.each(Object.entries(READERS))('%s', (_name, { read: reader, examples }) => {
  it('is read as it should be', () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(reader(example)).toBeTruthy();
  });

  it('is read or refused, whatever was done to it', () => {
    const bytes = mutated(examples.map((example) => Buffer.from(example)));
    fc.assert(
      fc.property(bytes, (text) => takesAnything(reader, text.toString('utf8'))),
      { numRuns: 300 },
    );
  });

  it('is read or refused, whatever it is', () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 500 }), fc.json());
    fc.assert(
      fc.property(text, (one) => takesAnything(reader, one)),
      { numRuns: 200 },
    );
  });
});
