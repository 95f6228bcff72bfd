import type { Origin } from '../plan/origin.js';
import type { ProbeOutcome } from '../recording/events.js';
import { openLine, withoutAnswer } from './ask-http2.js';

/** The standard health service of gRPC, asked for the server as a whole. */
export const GRPC_HEALTH = '/grpc.health.v1.Health/Check';

/** A HealthCheckRequest, not compressed: five bytes of frame, then the service in field 1, if one is named. */
function healthRequest(service: string): Buffer {
  const name = Buffer.from(service).subarray(0, 125);
  const message = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a, name.length]), name]);
  return Buffer.concat([Buffer.from([0, 0, 0, 0, message.length]), message]);
}

/** `SERVING` in field 1 of a HealthCheckResponse, behind the five bytes of the frame. */
const SERVING = Buffer.from([0x08, 0x01]);
const MOST_BYTES = 1024;
const OK = '0';
const NOT_FOUND = '5';
const UNIMPLEMENTED = '12';

/**
 * Asks the health service as a kubelet's gRPC probe does, on a connection of its own. The outcome is told as HTTP would
 * tell it: 200 for SERVING, 503 for any other state, 404 where there is no such service. Never rejects.
 * @param service the one to ask for; empty: the server as a whole
 */
export function askGrpcHealth(origin: Origin, timeoutMs: number, service = ''): Promise<ProbeOutcome> {
  return new Promise((resolve) => {
    let status: string | null = null;
    let answer = Buffer.alloc(0);
    const line = openLine(origin);
    const finish = (outcome: ProbeOutcome) => {
      clearTimeout(timer);
      resolve(outcome);
      line.session.destroy();
    };
    const timer = setTimeout(() => finish({ kind: 'timed-out' }), timeoutMs);
    const stream = line.session.request({
      ':method': 'POST',
      ':path': GRPC_HEALTH,
      'content-type': 'application/grpc',
      te: 'trailers',
      'user-agent': 'drain-check-probe',
    });
    const note = (headers: Record<string, unknown>) => {
      const said = headers['grpc-status'];
      if (typeof said === 'string') status = said;
    };
    stream.on('response', note);
    stream.on('trailers', note);
    stream.on('data', (chunk: Buffer) => {
      if (answer.length < MOST_BYTES) answer = Buffer.concat([answer, chunk]);
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      if (status !== null) finish(outcomeFrom(status, answer));
      else void withoutAnswer(line).then(finish);
    });
    stream.end(healthRequest(service));
  });
}

function outcomeFrom(status: string, answer: Buffer): ProbeOutcome {
  if (status === UNIMPLEMENTED || status === NOT_FOUND) return { kind: 'status', status: 404 };
  const serving = status === OK && answer.subarray(5, 7).equals(SERVING);
  return { kind: 'status', status: serving ? 200 : 503 };
}
