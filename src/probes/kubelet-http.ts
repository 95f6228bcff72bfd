import { Client } from 'undici';
import type { ProbeOutcome } from '../recording/events.js';
import { outcomeOf } from './failure.js';

/** Go's HTTP client gives up after so many. */
const MOST_REDIRECTS = 10;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];

/** An HTTP request as a kubelet sends it. */
export interface KubeletRequest {
  url: URL;
  /** Its own come on top of the usual ones; `Host` may be among them. */
  headers: readonly [string, string][];
  /** The minor version of the kubelet, which it names itself by. */
  minor: number;
  /** null: as long as it takes. */
  timeoutMs: number | null;
  abort?: AbortSignal;
}

/**
 * Asks as a kubelet does: no keep-alive, no proxy, any certificate. Redirects to the same host are followed; one to another
 * host is taken for the answer, which passes. Never rejects: every way of not answering is an outcome.
 */
export async function askAsKubelet(request: KubeletRequest): Promise<ProbeOutcome> {
  const late = request.timeoutMs === null ? [] : [AbortSignal.timeout(request.timeoutMs)];
  const abort = AbortSignal.any([...late, ...(request.abort === undefined ? [] : [request.abort])]);
  let { url } = request;
  for (let hop = 0; ; hop++) {
    const answer = await askOnce(url, request, abort);
    if (!('status' in answer)) return answer.failed;
    const next = redirected(url, answer);
    if (next === null) return { kind: 'status', status: answer.status };
    if (hop === MOST_REDIRECTS) return { kind: 'malformed' };
    url = next;
  }
}

interface Answer {
  status: number;
  location: string | null;
}

/** Where an answer leads to on the same host; null when it leads nowhere, or elsewhere. */
function redirected(from: URL, { status, location }: Answer): URL | null {
  if (!REDIRECTS.includes(status) || location === null) return null;
  const to = URL.parse(location, from.href);
  return to !== null && /^https?:$/.test(to.protocol) && to.hostname === from.hostname ? to : null;
}

function askOnce(url: URL, request: KubeletRequest, abort: AbortSignal): Promise<Answer | { failed: ProbeOutcome }> {
  const client = new Client(url.origin, {
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: 64 * 1024,
    connect: { rejectUnauthorized: false },
  });
  return (
    new Promise<Answer | { failed: ProbeOutcome }>((resolve) => {
      const stop = () => resolve({ failed: { kind: 'timed-out' } });
      if (abort.aborted) stop();
      else abort.addEventListener('abort', stop, { once: true });
      client.dispatch(
        { method: 'GET', path: `${url.pathname}${url.search}`, headers: headersOf(request), reset: true },
        {
          // By this one undici knows what kind of handler it is.
          onRequestStart: () => undefined,
          onResponseStart: (_controller, status, headers) => {
            if (status < 200) return;
            const location = headers['location'];
            resolve({ status, location: typeof location === 'string' ? location : null });
          },
          onResponseData: () => undefined,
          onResponseEnd: () => undefined,
          onResponseError: (_controller, error) => resolve({ failed: outcomeOf(error) }),
        },
      );
    })
      // A header that cannot be sent.
      .catch((): { failed: ProbeOutcome } => ({ failed: { kind: 'malformed' } }))
      .finally(() => void client.destroy().catch(() => undefined))
  );
}

function headersOf({ headers, minor }: KubeletRequest): Record<string, string> {
  const all = new Map([
    ['user-agent', `kube-probe/1.${minor}`],
    ['accept', '*/*'],
  ]);
  for (const [name, value] of headers) {
    // An empty Accept takes the usual one away.
    if (name.toLowerCase() === 'accept' && value === '') all.delete('accept');
    else all.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(all);
}
