import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../src/report/types.js';
import { program, runCli } from '../support/cli.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PROTO = `syntax = "proto3";
package demo;
service Slow {
  rpc Work (Request) returns (Answer);
  rpc Watch (Request) returns (stream Answer);
}
message Request { int32 ms = 1; }
message Answer { string text = 1; }
`;

/** A gRPC service with reflection and the health service, which ends by what `onSignal` says. */
async function grpcService(onSignal: string): Promise<string> {
  const proto = await program('slow.proto', PROTO);
  return program(
    'server.mjs',
    `
import { createRequire } from 'node:module';
const require = createRequire(${JSON.stringify(`${ROOT}/`)});
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const { ReflectionService } = require('@grpc/reflection');
const { HealthImplementation } = require('grpc-health-check');
const described = loader.loadSync(${JSON.stringify(proto)});
const server = new grpc.Server();
const health = new HealthImplementation({ '': 'SERVING' });
const watching = new Set();
health.addToServer(server);
new ReflectionService(described).addToServer(server);
server.addService(grpc.loadPackageDefinition(described).demo.Slow.service, {
  Work: (call, answer) => setTimeout(() => answer(null, { text: 'done' }), call.request.ms),
  Watch: (call) => {
    call.write({ text: 'hello' });
    watching.add(call);
  },
});
process.on('SIGTERM', () => {
  ${onSignal}
});
server.bindAsync('127.0.0.1:' + process.env.PORT, grpc.ServerCredentials.createInsecure(), () => undefined);
`,
  );
}

async function play(server: string, calls: readonly string[]): Promise<Report> {
  const grpc = calls.flatMap((call) => ['--grpc', call]);
  const args = ['-q', '-g', '5s', '--only', 'drain,streams', ...grpc, '--report', 'json'];
  const { stdout, stderr } = await runCli([...args, '--', process.execPath, server]);
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Report;
}

const statusOf = (report: Report, id: string) => report.checks.find((check) => check.id === id)?.status;

describe('a gRPC service that is described by reflection', () => {
  it('is seen to finish its calls and its streams, and has its readiness in the health service', async () => {
    const server = await grpcService(`
  health.setStatus('', 'NOT_SERVING');
  setTimeout(() => {
    for (const call of watching) call.end();
    server.tryShutdown(() => process.exit(0));
  }, 300);`);
    const report = await play(server, ['demo.Slow/Work {"ms": 700}', 'demo.Slow/Watch']);
    expect(report.target).toMatchObject({
      http2: true,
      readiness: { path: '/grpc.health.v1.Health/Check', how: 'found', sureness: 'specific' },
    });
    expect(statusOf(report, 'finishes-requests')).toBe('pass');
    expect(statusOf(report, 'finishes-streams')).toBe('pass');
    expect(statusOf(report, 'fails-readiness')).toBe('pass');
    expect(report.scenarios[0]?.exchanges['grpc-call']).toMatchObject({ total: 5, answered: 5 });
    expect(report.scenarios[1]?.exchanges['grpc-stream']).toMatchObject({ total: 2, answered: 2 });
  });

  it('is seen to cancel them', async () => {
    const server = await grpcService('server.forceShutdown(); setTimeout(() => process.exit(0), 50);');
    const report = await play(server, ['demo.Slow/Work {"ms": 700}', 'demo.Slow/Watch']);
    expect(statusOf(report, 'finishes-requests')).toBe('fail');
    expect(statusOf(report, 'finishes-streams')).toBe('warn');
  });

  it('is seen to die with them', async () => {
    const report = await play(await grpcService('process.exit(0);'), ['demo.Slow/Work {"ms": 700}']);
    expect(statusOf(report, 'finishes-requests')).toBe('fail');
  });
});
