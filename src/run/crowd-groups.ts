import type { LoadPlan, Plan } from '../plan/types.js';
import type { Origin } from '../plan/origin.js';
import type { ExchangeKind } from '../recording/events.js';
import type { CrowdGroup } from '../traffic/lean/crowd.js';
import { handshakeBytes, requestBytes } from '../traffic/lean/requests.js';
import type { KnownWork } from './context.js';

/** Connections of a crowd that are alike, and what they are called in the recording. */
export interface NamedGroup extends CrowdGroup {
  name: ExchangeKind;
  path: string;
}

/**
 * What the scenario `load` opens of this target: WebSockets first, requests last, since a slow endpoint does not wait for
 * the others. Where the numbers were not given, what the target has no endpoint for is left out.
 * @param path of a plain question
 */
export function crowdGroups(plan: Plan, load: LoadPlan, origin: Origin, work: KnownWork, path: string): NamedGroup[] {
  const [webSocket] = work.websockets;
  return [
    ...(webSocket === undefined || load.websockets === 0 ? [] : [webSocketGroup(plan, load, origin, webSocket)]),
    ...(load.idle === 0 ? [] : [idleGroup(load, origin, path)]),
    ...requestGroup(plan, load, origin, work),
  ];
}

/** What was asked for and cannot be opened, with what would help; null: nothing. */
export function whyNothingToOpen(plan: Plan, load: LoadPlan, work: KnownWork): string | null {
  const noRequest = plan.slow.length === 0 && work.upload === null;
  const noWebSocket = work.websockets.length === 0;
  const wantsAll = load.given;
  if (load.websockets > 0 && noWebSocket && (wantsAll || noRequest))
    return 'no WebSocket endpoint is known; name one with --websocket <path>';
  if (load.requests > 0 && noRequest && (wantsAll || noWebSocket))
    return 'nothing can be held in flight; name an endpoint that takes a while with --slow <path>';
  return null;
}

function webSocketGroup(
  { websocket, headers }: Plan,
  { websockets }: LoadPlan,
  origin: Origin,
  path: string,
): NamedGroup {
  const opening = handshakeBytes(origin, path, websocket.subprotocols, headers);
  return { name: 'quiet-websocket', kind: 'websocket', count: websockets, method: 'GET', path, opening };
}

function idleGroup({ idle }: LoadPlan, origin: Origin, path: string): NamedGroup {
  const opening = requestBytes(origin, { method: 'GET', path, headers: [], body: null, withhold: false, close: false });
  return { name: 'idle-connection', kind: 'idle', count: idle, method: 'GET', path, opening };
}

/** The slow endpoints share the requests; without one they are uploads whose last byte is withheld. */
function requestGroup({ slow }: Plan, { requests }: LoadPlan, origin: Origin, { upload }: KnownWork): NamedGroup[] {
  if (requests === 0) return [];
  if (slow.length > 0) {
    const share = Math.floor(requests / slow.length);
    return slow.map(({ method, path, headers, body }, index): NamedGroup => {
      const count = index === 0 ? requests - share * (slow.length - 1) : share;
      const bytes = body === null ? null : Buffer.from(body);
      const opening = requestBytes(origin, { method, path, headers, body: bytes, withhold: false, close: true });
      return { name: 'slow-response', kind: 'request', count, method, path, opening };
    });
  }
  if (upload === null) return [];
  const { method, path, headers } = upload;
  const body = Buffer.from(upload.body);
  const opening = requestBytes(origin, { method, path, headers, body, withhold: true, close: true });
  return [{ name: 'slow-upload', kind: 'request', count: requests, method, path, opening }];
}
