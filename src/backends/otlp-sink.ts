import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzip } from 'node:zlib';
import { DrainCheckError } from '../errors.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { Marks } from './marks.js';

/** More than any exporter sends at once. Bytes. */
const LARGEST_BODY = 32 * 1024 * 1024;

/** What is exported, by the paths of OTLP/HTTP (OpenTelemetry specification, "OTLP/HTTP Request"). */
const PATHS = { '/v1/traces': 'traces', '/v1/metrics': 'metrics', '/v1/logs': 'logs' } as const;
type Exported = (typeof PATHS)[keyof typeof PATHS];

/** Receives OTLP over HTTP, in protobuf or in JSON, packed or not, and looks for marked requests in it. */
export class OtlpSink {
  private constructor(private readonly server: Server) {}

  /**
   * @param port null: a free one
   * @throws DrainCheckError `sink-failed` when the port cannot be had
   */
  static async open(port: number | null, recorder: LifeRecorder, marks: Marks): Promise<OtlpSink> {
    const server = createServer((request, response) => {
      receive(request, response, recorder, marks).catch(() => {
        response.statusCode = 400;
        response.end();
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(sinkFailed('OTLP', '--otlp-port', port, error)));
      server.listen(port ?? 0, '127.0.0.1', resolve);
    });
    server.unref();
    return new OtlpSink(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  recorder: LifeRecorder,
  marks: Marks,
): Promise<void> {
  const exported = exportedAt(request.url ?? '');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LARGEST_BODY) throw new Error('too large');
    chunks.push(chunk);
  }
  const at = recorder.clock.now();
  if (exported === null || request.method !== 'POST') {
    response.statusCode = 404;
    response.end();
    return;
  }
  const body = Buffer.concat(chunks);
  const plain = request.headers['content-encoding'] === 'gzip' ? await unzipped(body) : body;
  recorder.record({ type: 'telemetry-received', sink: 'otlp', exported, bytes, ids: marks.findIn(plain) }, at);
  // An empty message is the answer that all was taken, in either encoding.
  const json = /json/.test(request.headers['content-type'] ?? '');
  response.setHeader('content-type', json ? 'application/json' : 'application/x-protobuf');
  response.end(json ? '{}' : '');
}

/** Exporters may be told of a base with a path of its own. */
function exportedAt(url: string): Exported | null {
  const path = url.split('?')[0] ?? '';
  return Object.entries(PATHS).find(([end]) => path.endsWith(end))?.[1] ?? null;
}

function unzipped(body: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    gunzip(body, { maxOutputLength: LARGEST_BODY }, (error, plain) => {
      if (error === null) resolve(plain);
      else reject(error);
    });
  });
}

/** The error for a sink that cannot listen. */
export function sinkFailed(
  kind: 'OTLP' | 'StatsD',
  option: string,
  port: number | null,
  error: NodeJS.ErrnoException,
): DrainCheckError {
  return new DrainCheckError(
    'sink-failed',
    `${kind} telemetry cannot be received on port ${port ?? 'of our own'} (${error.code ?? error.message}).`,
    error.code === 'EADDRINUSE'
      ? `Something else holds it, a collector perhaps: stop that, or leave out ${option} and let the target take the port from its environment.`
      : `Give another port with ${option}, or leave it out.`,
    { cause: error },
  );
}
