import { setTimeout as sleep } from 'node:timers/promises';
import { DrainCheckError } from '../errors.js';
import { formatDuration } from '../plan/durations.js';
import type { Origin } from '../plan/origin.js';
import { redactText } from '../plan/redact.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { openConnection } from '../traffic/connection.js';
import { streamRequest } from '../traffic/held-stream.js';
import type { HttpOutcome, HttpRequest } from '../traffic/http-connection.js';
import { WebSocketConnection, type WebSocketOutcome } from '../traffic/websocket.js';
import type { RunContext } from './context.js';

/** Where streams and WebSockets usually are. Each is tried with one harmless GET or upgrade. */
const USUAL_STREAMS = ['/events', '/stream', '/sse'];
const USUAL_WEBSOCKETS = ['/ws', '/socket.io/?EIO=4&transport=websocket'];

/** An endpoint that the user named may take this long to begin, one that is only guessed this long. Milliseconds. */
const GIVEN_TIMEOUT_MS = 5000;
const GUESSED_TIMEOUT_MS = 500;
/** What is still going on this long after it began does not end by itself. Milliseconds. */
const STAYS_OPEN_MS = 150;

interface WorkEndpoints {
  streams: string[];
  websockets: string[];
}

/**
 * Makes sure that the streams and WebSockets that the user named are such, and looks for others at the usual paths.
 * @throws DrainCheckError `not-a-stream` or `not-a-websocket` for one that the user named
 */
export async function findWorkEndpoints(
  context: RunContext,
  origin: Origin,
  recorder: LifeRecorder,
): Promise<WorkEndpoints> {
  const { plan } = context;
  const guess = (named: readonly string[], usual: readonly string[]) =>
    plan.discover && named.length === 0 ? usual : [];
  const [streams, websockets, foundStreams, foundWebSockets] = await Promise.all([
    inOrder(plan.streams, async (path) =>
      assertStream(path, await tryStream(origin, streamRequest(path, plan.headers), GIVEN_TIMEOUT_MS)),
    ),
    inOrder(plan.websockets, async (path) => assertWebSocket(path, await tryWebSocket(context, origin, path, true))),
    Promise.all(
      guess(plan.streams, USUAL_STREAMS).map(async (path) => ({
        path,
        works: isStream(await tryStream(origin, streamRequest(path, plan.headers), GUESSED_TIMEOUT_MS)),
      })),
    ),
    // WebSockets in HTTP/2 are another protocol (RFC 8441), which is not spoken here.
    Promise.all(
      (plan.target.http2 ? [] : guess(plan.websockets, USUAL_WEBSOCKETS)).map(async (path) => ({
        path,
        works: isWebSocket(await tryWebSocket(context, origin, path, false)),
      })),
    ),
  ]);
  const working = (tried: readonly { path: string; works: boolean }[]) =>
    tried.filter(({ works }) => works).map(({ path }) => path);
  const found = { streams: working(foundStreams), websockets: working(foundWebSockets).slice(0, 1) };
  for (const path of streams) recorder.record({ type: 'work-endpoint', kind: 'stream', path, how: 'given' });
  for (const path of found.streams) recorder.record({ type: 'work-endpoint', kind: 'stream', path, how: 'found' });
  for (const path of websockets) recorder.record({ type: 'work-endpoint', kind: 'websocket', path, how: 'given' });
  for (const path of found.websockets)
    recorder.record({ type: 'work-endpoint', kind: 'websocket', path, how: 'found' });
  return { streams: [...streams, ...found.streams], websockets: [...websockets, ...found.websockets] };
}

/** One after another, so that the first that is wrong is the one that is complained about. */
async function inOrder(paths: readonly string[], check: (path: string) => Promise<void>): Promise<string[]> {
  for (const path of paths) await check(path);
  return [...paths];
}

/** What a stream did in the moment in which it was tried. */
interface StreamTrial {
  status: number | null;
  /** How it ended, if it did. */
  outcome: HttpOutcome | null;
  afterMs: number;
}

async function tryStream(origin: Origin, request: HttpRequest, timeoutMs: number): Promise<StreamTrial> {
  const startedAt = performance.now();
  const connection = openConnection(origin);
  let began: () => void = () => undefined;
  const head = new Promise<null>((resolve) => (began = () => resolve(null)));
  const answer = connection.request(request, began, 0);
  const outcome = await Promise.race([answer, head, sleep(timeoutMs, 'late' as const, { ref: false })]);
  const after = () => performance.now() - startedAt;
  if (outcome === 'late') {
    letGo(connection);
    return { status: null, outcome: null, afterMs: after() };
  }
  const ended = outcome ?? (await Promise.race([answer, sleep(STAYS_OPEN_MS, null, { ref: false })]));
  letGo(connection);
  const { status } = ended ?? (await answer);
  return { status, outcome: ended, afterMs: after() };
}

/** With a FIN: a service that is not prepared for a reset would not survive being looked at. */
function letGo(connection: ReturnType<typeof openConnection>): void {
  connection.close();
  connection.socket.destroy();
}

function isStream({ status, outcome }: StreamTrial): boolean {
  return outcome === null && status !== null && status >= 200 && status < 300;
}

function assertStream(path: string, trial: StreamTrial): void {
  if (isStream(trial)) return;
  const { status, outcome, afterMs } = trial;
  const seen =
    outcome === null
      ? status === null
        ? `did not begin to answer within ${formatDuration(GIVEN_TIMEOUT_MS)}`
        : `answered ${status}`
      : status === null
        ? `was not answered (${outcome.detail ?? outcome.ending})`
        : `answered ${status} and was complete after ${formatDuration(afterMs)}`;
  throw new DrainCheckError(
    'not-a-stream',
    `--stream ${redactText(path)} is no stream: GET ${seen}.`,
    'Name an endpoint whose answer goes on until somebody ends it; for one that only takes a while there is --slow.',
  );
}

async function tryWebSocket(
  context: RunContext,
  origin: Origin,
  path: string,
  given: boolean,
): Promise<WebSocketOutcome | null> {
  const timeoutMs = given ? GIVEN_TIMEOUT_MS : GUESSED_TIMEOUT_MS;
  const { headers, websocket } = context.plan;
  const { subprotocols } = websocket;
  const connection = new WebSocketConnection(origin, path, { subprotocols, headers, timeoutMs });
  if (!(await connection.opened)) return connection.done;
  const ended = await Promise.race([connection.done, sleep(STAYS_OPEN_MS, null, { ref: false })]);
  if (ended === null) await connection.close();
  return ended;
}

/** Null means that it was still open when we had seen enough. */
function isWebSocket(outcome: WebSocketOutcome | null): boolean {
  return outcome === null;
}

function assertWebSocket(path: string, outcome: WebSocketOutcome | null): void {
  if (outcome === null) return;
  const { status, closeFrame, ending, detail } = outcome;
  const seen =
    status === 101
      ? closeFrame === null
        ? `the connection ended at once (${ending})`
        : `it was closed at once with ${closeFrame.code}${closeFrame.reason === '' ? '' : ` (${closeFrame.reason})`}`
      : status === null
        ? `the upgrade was not answered (${detail ?? ending})`
        : `the upgrade was answered ${status}`;
  throw new DrainCheckError(
    'not-a-websocket',
    `--websocket ${redactText(path)} takes no WebSockets: ${seen}.`,
    'Check the path, and whether the server wants a subprotocol (--subprotocol).',
  );
}
