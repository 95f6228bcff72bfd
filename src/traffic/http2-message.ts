import type { ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2';
import type { Framing } from '../recording/events.js';
import { hasNoBody, type HttpRequest } from './http-message.js';

/** Headers that belong to a connection, which has no place in HTTP/2 (RFC 9113, section 8.2.2). */
const OF_A_CONNECTION = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** Sends a body, as it comes; ends early when the stream does. */
export async function sendBody(stream: ClientHttp2Stream, body: Buffer | AsyncIterable<Buffer>): Promise<void> {
  for await (const chunk of Buffer.isBuffer(body) ? [body] : body) {
    if (stream.destroyed) return;
    await new Promise<void>((done) => stream.write(chunk, () => done()));
  }
  stream.end();
}

/** The head of a request as HTTP/2 has it: names in lower case, and nothing that belongs to a connection. */
export function headersOf(request: HttpRequest): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = { 'user-agent': 'drain-check' };
  for (const [name, value] of request.headers) {
    const lower = name.toLowerCase();
    if (OF_A_CONNECTION.has(lower)) continue;
    const key = lower === 'host' ? ':authority' : lower;
    const before = headers[key];
    headers[key] = before === undefined || key === 'user-agent' ? value : [before, value].flat();
  }
  const length = Buffer.isBuffer(request.body) ? request.body.length : request.length;
  if (length !== null) headers['content-length'] = String(length);
  return { ...headers, ':method': request.method, ':path': request.path };
}

export function framingOf(method: string, status: number, length: number | null): Framing {
  if (hasNoBody(method, status)) return 'none';
  // Frames delimit a body as chunks do.
  return length === null ? 'chunked' : 'length';
}
