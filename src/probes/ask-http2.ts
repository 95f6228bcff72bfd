import { connect, type ClientHttp2Session } from 'node:http2';
import { requestOrigin, type Origin } from '../plan/origin.js';
import type { ProbeOutcome } from '../recording/events.js';
import type { ProbeAnswer } from './ask.js';
import { outcomeOf } from './failure.js';
import { openSocket } from './secure.js';

/** What one question may take. */
export interface Question {
  path: string;
  timeoutMs: number;
  /** How many bytes of the body to keep. */
  maxBody: number;
}

/** One connection, and how it went. */
export interface Line {
  session: ClientHttp2Session;
  /** Settles when it has ended: with the error that ended it, if there was one. */
  ended: Promise<Error | null>;
}

/** Asks probe requests over HTTP/2, on one connection, or on another when the target closes that one. */
export class Http2Asker {
  #line: Line | null = null;

  constructor(private readonly origin: Origin) {}

  /** Never rejects; every way of not answering is an outcome. */
  ask({ path, timeoutMs, maxBody }: Question): Promise<ProbeAnswer> {
    const line = this.#open();
    return new Promise((resolve) => {
      let status: number | null = null;
      let contentType = '';
      const chunks: Buffer[] = [];
      let kept = 0;
      const stream = line.session.request({
        ':path': path,
        'user-agent': 'drain-check-probe',
        accept: '*/*',
      });
      const finish = (outcome: ProbeOutcome) => {
        clearTimeout(timer);
        resolve({ outcome, contentType, body: Buffer.concat(chunks).toString('utf8') });
        // What is still to come is not waited for.
        stream.close();
      };
      const timer = setTimeout(
        () => finish(status === null ? { kind: 'timed-out' } : { kind: 'status', status }),
        timeoutMs,
      );
      stream.on('response', (headers) => {
        status = Number(headers[':status']);
        contentType = headers['content-type'] ?? '';
        if (maxBody === 0) finish({ kind: 'status', status });
      });
      stream.on('data', (chunk: Buffer) => {
        if (kept < maxBody) chunks.push(chunk.subarray(0, maxBody - kept));
        kept += chunk.length;
        if (kept >= maxBody && status !== null) finish({ kind: 'status', status });
      });
      stream.on('error', () => undefined);
      stream.on('close', () => {
        if (status !== null) finish({ kind: 'status', status });
        else void withoutAnswer(line).then(finish);
      });
    });
  }

  /** Lets go of the connection. */
  close(): void {
    this.#line?.session.destroy();
  }

  #open(): Line {
    const before = this.#line;
    if (before !== null && !before.session.closed && !before.session.destroyed) return before;
    return (this.#line = openLine(this.origin));
  }
}

export function openLine(origin: Origin): Line {
  const session = connect(requestOrigin(origin), {
    createConnection: () => openSocket(origin, ['h2']),
    settings: { enablePush: false },
  });
  let error: Error | null = null;
  session.on('error', (reason: Error) => (error = reason));
  const ended = new Promise<Error | null>((resolve) => session.once('close', () => resolve(error)));
  return { session, ended };
}

/**
 * The outcome of a question whose stream is closed without an answer. Node says CANCEL of every stream whose connection is
 * gone: only on one that stands it was the target's word.
 */
export async function withoutAnswer({ session, ended }: Line): Promise<ProbeOutcome> {
  if (!session.destroyed) return { kind: session.closed ? 'closed' : 'reset' };
  const error = await ended;
  return error === null ? { kind: 'closed' } : outcomeOf(error);
}
