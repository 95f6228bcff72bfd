import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { flat, processesWith, program, runCli, temporaryDirectory } from '../support/cli.js';
import { CERTIFICATE, KEY } from '../support/tls.js';

/** A service with one endpoint that ends at once, one that streams, and one WebSocket that closes at once. */
const SERVICE = `
import { createServer } from 'node:http';
import { WebSocketServer } from ${JSON.stringify(import.meta.resolve('ws'))};
const server = createServer((request, response) => {
  if (request.url === '/mute') return;
  response.end('hello');
});
new WebSocketServer({ server, path: '/closes' }).on('connection', (client) => client.close(4003, 'who are you?'));
server.listen(process.env.PORT, '127.0.0.1');
`;

/** Plays a target that is spoken to wrongly; nothing of it may be left. */
async function refused(source: string, options: readonly string[]): Promise<{ code: number | null; said: string }> {
  const file = await program('server.mjs', source);
  const mark = `mark-${path.basename(path.dirname(file))}`;
  const { code, stderr, stdout } = await runCli([
    '-q',
    ...options,
    '--env',
    `MARK=${mark}`,
    '--',
    process.execPath,
    file,
  ]);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^drain-check: /m);
  expect(stderr).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(processesWith(mark)).toEqual([]);
  return { code, said: flat(stderr) };
}

describe('work that is not what it was named for is refused before the signal', () => {
  it.each<[string, string[], string]>([
    [
      'a stream that ends at once',
      ['--stream', '/'],
      '--stream / is no stream: GET answered 200 and was complete after',
    ],
    [
      'a WebSocket path that is none',
      ['--websocket', '/'],
      '--websocket / takes no WebSockets: the upgrade was answered 400',
    ],
    ['a WebSocket that is closed at once', ['-w', '/closes'], 'it was closed at once with 4003 (who are you?)'],
  ])('%s', async (_name, options, message) => {
    const { code, said } = await refused(SERVICE, options);
    expect(said).toContain(message);
    expect(code).toBe(2);
  });

  it('TLS that is not spoken', async () => {
    const { code, said } = await refused(SERVICE, ['--https']);
    expect(said).toContain('The target does not speak TLS: it answers HTTP in plain text. Leave out --https');
    expect(code).toBe(2);
  });

  it('HTTP/2 that is not spoken', async () => {
    const { code, said } = await refused(SERVICE, ['--http2']);
    expect(said).toContain('does not speak HTTP/2 with prior knowledge');
    expect(code).toBe(3);
  });

  it('a description that is not one', async () => {
    const proto = path.join(await temporaryDirectory(), 'a.proto');
    await writeFile(proto, 'service {');
    const { code, said } = await refused(GRPC, ['--grpc', 'a.B/C', '--proto', proto]);
    expect(said).toContain('cannot be read as protocol buffers');
    expect(code).toBe(2);
  });

  it('a gRPC method that is not described', async () => {
    const proto = path.join(await temporaryDirectory(), 'a.proto');
    await writeFile(proto, 'syntax = "proto3"; package a; service B { rpc C (M) returns (M); } message M {}');
    const { code, said } = await refused(GRPC, ['--grpc', 'a.B/D', '--proto', proto]);
    expect(said).toContain('--grpc a.B/D names a method that is not described. Described are: a.B/C.');
    expect(code).toBe(2);
  });

  it('a gRPC method that the server does not have', async () => {
    const proto = path.join(await temporaryDirectory(), 'a.proto');
    await writeFile(proto, 'syntax = "proto3"; package a; service B { rpc C (M) returns (M); } message M {}');
    const { code, said } = await refused(GRPC, ['--grpc', 'a.B/C', '--proto', proto]);
    expect(said).toContain('The gRPC call failed before the signal: UNIMPLEMENTED');
    expect(code).toBe(2);
  });

  it('a gRPC server that describes nothing', async () => {
    const { code, said } = await refused(GRPC, ['--grpc', 'a.B/C']);
    expect(said).toContain('does not describe a.B by reflection');
    expect(code).toBe(2);
  });
});

/** A gRPC server without any service. */
const GRPC = `
import grpc from ${JSON.stringify(import.meta.resolve('@grpc/grpc-js'))};
const server = new grpc.Server();
server.bindAsync('127.0.0.1:' + process.env.PORT, grpc.ServerCredentials.createInsecure(), () => undefined);
`;

/** The same service over TLS, with a certificate of its own making. */
const SECURE = `
import { createServer } from 'node:https';
const key = ${JSON.stringify(KEY)};
const cert = ${JSON.stringify(CERTIFICATE)};
createServer({ key, cert }, (_, response) => response.end('hello')).listen(process.env.PORT, '127.0.0.1');
`;

describe('TLS', () => {
  it('that is spoken to in plain text is said at once', async () => {
    const { code, said } = await refused(SECURE, []);
    expect(said).toContain('The target speaks TLS, and was spoken to in plain text. Add --https');
    expect(code).toBe(2);
  });

  it('with a certificate that the given authorities do not vouch for', async () => {
    const ca = path.join(await temporaryDirectory(), 'ca.pem');
    await writeFile(ca, OTHER);
    const { code, said } = await refused(SECURE, ['--ca', ca]);
    expect(said).toContain("The target's certificate is not vouched for");
    expect(code).toBe(2);
  });

  it('with authorities that are none', async () => {
    const ca = path.join(await temporaryDirectory(), 'ca.pem');
    await writeFile(ca, 'hello');
    const { code, said } = await refused(SECURE, ['--ca', ca]);
    expect(said).toContain('holds no certificate in PEM form');
    expect(code).toBe(2);
  });
});

/** An authority that has signed nothing here. */
const OTHER = `-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIUCVfW5LtEL+4teTleuMdigWazCJowCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIxMTU0OTM1WhgPMjEyNjEwMjgxNTQ5
MzVaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
k1jwfJq29KKul4U6V7jmN3uhPJesS/TMiTvLePz1JGlnGqCUzKlhs813PLzpviBS
LVT2qbTvDJjL8pznm8pjpKNTMFEwHQYDVR0OBBYEFCAMsEnXCmm032MhSjtxRHVm
0JWdMB8GA1UdIwQYMBaAFCAMsEnXCmm032MhSjtxRHVm0JWdMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgXS0q0ITXiTRRr7FondoPY99WL2ouiqt/
EYHlLEo2TLcCICXk7ppXNfrzqDIBlnWue6Uc8uXpcRKTuB7FhUmO1AVC
-----END CERTIFICATE-----
`;
