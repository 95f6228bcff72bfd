import type { SlowRequest } from '../plan/types.js';
import type { HttpRequest } from './http-message.js';
import type { HeldBody } from './held-body.js';

/** An upload that is known to be held by the target until its last byte arrives. */
export interface UploadRequest {
  method: string;
  path: string;
  headers: [string, string][];
  body: string;
}

const DEFAULT_BODY = '{"drain-check":"rehearsal"}';

/**
 * What may be uploaded to find out whether the target waits for a body: what the user named first, then `POST /`.
 * Real routes that the user did not name are never posted to.
 */
export function uploadCandidates(slow: readonly SlowRequest[]): UploadRequest[] {
  const named = slow.filter((request) => ['POST', 'PUT', 'PATCH'].includes(request.method)).map(fromSlow);
  const json: [string, string][] = [['content-type', 'application/json']];
  return [...named, { method: 'POST', path: '/', headers: json, body: DEFAULT_BODY }];
}

function fromSlow({ method, path, headers, body }: SlowRequest): UploadRequest {
  const typed = headers.some(([name]) => name.toLowerCase() === 'content-type');
  return {
    method,
    path,
    headers: typed ? headers : [...headers, ['content-type', 'application/json']],
    body: body !== null && Buffer.byteLength(body) > 1 ? body : DEFAULT_BODY,
  };
}

/** The whole upload at once, or with its body held back. Says `Connection: close`, see docs/architecture.md. */
export function uploadRequest(upload: UploadRequest, held: HeldBody | null, close = true): HttpRequest {
  const whole = Buffer.from(upload.body);
  return {
    method: upload.method,
    path: upload.path,
    headers: upload.headers,
    body: held ?? whole,
    length: held?.length ?? null,
    close,
  };
}

/** A slow request as it goes over the wire. */
export function slowHttpRequest(slow: SlowRequest, close: boolean): HttpRequest {
  const body = slow.body === null ? null : Buffer.from(slow.body);
  return { method: slow.method, path: slow.path, headers: slow.headers, body, length: null, close };
}

/** A plain GET, the lightest request there is. */
export function plainRequest(path: string, close: boolean): HttpRequest {
  return { method: 'GET', path, headers: [], body: null, length: null, close };
}
