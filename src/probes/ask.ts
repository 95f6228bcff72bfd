import { Client, Pool, type Dispatcher } from 'undici';
import { requestOrigin, type Origin } from '../plan/origin.js';
import type { ProbeOutcome } from '../recording/events.js';
import { askGrpcHealth, GRPC_HEALTH } from './ask-grpc.js';
import { Http2Asker, type Question } from './ask-http2.js';
import { outcomeOf } from './failure.js';
import { connector } from './secure.js';

/** Connections that are used side by side when many paths are asked, or streams of one connection. */
const AT_ONCE = 4;

export interface ProbeAnswer {
  outcome: ProbeOutcome;
  contentType: string;
  /** The beginning of the body, as much as `maxBody` allows. */
  body: string;
}

/**
 * Asks one probe request the way a kubelet does: a connection of its own, GET, no keep-alive, no proxy. Where the
 * target is spoken to in HTTP/2, so is its probe; gRPC's health service is called as such.
 * Never rejects; every way of not answering is an outcome.
 * @param maxBody how many bytes of the body to keep; the status is enough for a probe
 */
export async function askProbe(origin: Origin, path: string, timeoutMs: number, maxBody = 0): Promise<ProbeAnswer> {
  if (path === GRPC_HEALTH) return { outcome: await askGrpcHealth(origin, timeoutMs), contentType: '', body: '' };
  if (origin.http2 === true) {
    const asker = new Http2Asker(origin);
    const answer = await asker.ask({ path, timeoutMs, maxBody });
    asker.close();
    return answer;
  }
  const client = new Client(requestOrigin(origin), clientOptions(origin, timeoutMs));
  const answer = await ask(client, { path, timeoutMs, maxBody, reset: true });
  client.destroy().catch(() => undefined);
  return answer;
}

/**
 * Asks many paths over a few kept connections, which is several times quicker; all of them are closed when this settles.
 */
export async function askPaths(
  origin: Origin,
  paths: readonly string[],
  timeoutMs: number,
  maxBody: number,
): Promise<Map<string, ProbeAnswer>> {
  if (origin.http2 === true) return askPathsOverHttp2(origin, paths, timeoutMs, maxBody);
  const pool = new Pool(requestOrigin(origin), { ...clientOptions(origin, timeoutMs), connections: AT_ONCE });
  const answers = await Promise.all(paths.map((path) => ask(pool, { path, timeoutMs, maxBody, reset: false })));
  await pool.destroy();
  return new Map(paths.flatMap((path, i) => (answers[i] === undefined ? [] : [[path, answers[i]]])));
}

async function askPathsOverHttp2(
  origin: Origin,
  paths: readonly string[],
  timeoutMs: number,
  maxBody: number,
): Promise<Map<string, ProbeAnswer>> {
  const asker = new Http2Asker(origin);
  const answers = new Map<string, ProbeAnswer>();
  const waiting = [...paths];
  const askOn = async () => {
    for (let path = waiting.shift(); path !== undefined; path = waiting.shift())
      answers.set(path, await asker.ask({ path, timeoutMs, maxBody }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  asker.close();
  return answers;
}

function clientOptions(origin: Origin, timeoutMs: number) {
  return {
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: connector(origin, timeoutMs),
    maxHeaderSize: 64 * 1024,
  };
}

function ask(
  client: Dispatcher,
  { path, timeoutMs, maxBody, reset }: Question & { reset: boolean },
): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    let status: number | null = null;
    let contentType = '';
    const chunks: Buffer[] = [];
    let kept = 0;
    let over = false;
    let complete = false;
    let stop: () => void = () => undefined;
    const finish = (outcome: ProbeOutcome) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      resolve({ outcome, contentType, body: Buffer.concat(chunks).toString('utf8') });
      // What is still to come is not waited for. Ending a response that is complete already does nothing.
      if (!complete) stop();
    };
    const begin = () =>
      setTimeout(() => finish(status === null ? { kind: 'timed-out' } : { kind: 'status', status }), timeoutMs);
    // On a connection of its own the time to connect counts; where many wait their turn, the waiting does not.
    let timer = reset ? begin() : undefined;
    client.dispatch(
      { method: 'GET', path, headers: { 'user-agent': 'drain-check-probe', accept: '*/*' }, reset },
      {
        onRequestStart: (controller) => {
          stop = () => controller.abort(new Error('enough was seen'));
          timer ??= begin();
        },
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
        onResponseEnd: () => {
          complete = true;
          finish(status === null ? { kind: 'malformed' } : { kind: 'status', status });
        },
        onResponseError: (_controller, error) =>
          finish(status === null ? outcomeOf(error) : { kind: 'status', status }),
      },
    );
  });
}
