import { Client } from 'undici';
import type { ProbeOutcome } from '../recording/events.js';

export interface ProbeAnswer {
  outcome: ProbeOutcome;
  contentType: string;
  /** The beginning of the body, as much as `maxBody` allows. */
  body: string;
}

/**
 * Asks one probe request the way a kubelet does: a connection of its own, GET, no keep-alive, no proxy.
 * Never rejects; every way of not answering is an outcome.
 * @param maxBody how many bytes of the body to keep; the status is enough for a probe
 */
export function askProbe(origin: { host: string; port: number }, path: string, timeoutMs: number, maxBody = 0): Promise<ProbeAnswer> {
  const host = origin.host.includes(':') ? `[${origin.host}]` : origin.host;
  const client = new Client(`http://${host}:${origin.port}`, { pipelining: 1, headersTimeout: 0, bodyTimeout: 0, connect: { timeout: timeoutMs }, maxHeaderSize: 64 * 1024 });
  return new Promise((resolve) => {
    let status: number | null = null;
    let contentType = '';
    const chunks: Buffer[] = [];
    let kept = 0;
    let over = false;
    const finish = (outcome: ProbeOutcome) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      resolve({ outcome, contentType, body: Buffer.concat(chunks).toString('utf8') });
      client.destroy().catch(() => undefined);
    };
    const timer = setTimeout(() => finish({ kind: 'timed-out' }), timeoutMs);
    client.dispatch(
      { method: 'GET', path, headers: { 'user-agent': 'drain-check-probe', accept: '*/*' }, reset: true },
      {
        onRequestStart: () => undefined,
        onResponseStart: (_controller, code, headers) => {
          if (code < 200) return;
          status = code;
          contentType = String(headers['content-type'] ?? '');
          if (maxBody === 0) finish({ kind: 'status', status });
        },
        onResponseData: (_controller, chunk) => {
          if (kept < maxBody) chunks.push(chunk.subarray(0, maxBody - kept));
          kept += chunk.length;
          // An endless body is no reason to wait: the status has been seen.
          if (kept >= maxBody && status !== null) finish({ kind: 'status', status });
        },
        onResponseEnd: () => finish(status === null ? { kind: 'malformed' } : { kind: 'status', status }),
        onResponseError: (_controller, error) => finish(status === null ? failure(error) : { kind: 'status', status }),
      },
    );
  });
}

function failure(error: Error): ProbeOutcome {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (code === 'ECONNREFUSED') return { kind: 'refused' };
  if (code === 'ECONNRESET' || code === 'EPIPE') return { kind: 'reset' };
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { kind: 'timed-out' };
  if (code === 'UND_ERR_SOCKET') return { kind: 'closed' };
  return { kind: 'malformed' };
}
