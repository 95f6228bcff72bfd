import { constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2';
import type { Framing } from '../recording/events.js';
import { endingOf, type StreamEnd } from './ending.js';
import type { HttpOutcome, HttpRequest } from './http-message.js';
import { errorName, type Http2Frames } from './http2-frames.js';
import { framingOf, headersOf, sendBody } from './http2-message.js';
import type { SocketEnd } from './socket-end.js';

/** One request on an HTTP/2 connection and what came of it. */
export class Http2Exchange {
  /** Settles when nothing more is waited for: with true when we gave up, else false. */
  readonly over: Promise<boolean>;
  #settle: (gaveUp: boolean) => void = () => undefined;
  #gaveUp = false;
  #isOver = false;
  #stream: ClientHttp2Stream | null = null;
  #status: number | null = null;
  #framing: Framing | null = null;
  /** The length that was promised. */
  #length: number | null = null;
  #bytes = 0;
  #turnedAway = false;
  #problem: string | null = null;

  constructor(
    private readonly request: HttpRequest,
    private readonly frames: Http2Frames,
    private readonly onHead: () => void,
  ) {
    this.over = new Promise((resolve) => (this.#settle = resolve));
  }

  begin(session: ClientHttp2Session): void {
    if (this.#isOver) return;
    const { body } = this.request;
    // A session that is closing throws; so does a request that HTTP/2 cannot express.
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(headersOf(this.request), { endStream: body === null });
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#turnedAway = true;
      this.end();
      return;
    }
    this.#stream = stream;
    stream.on('error', (error: Error) => (this.#problem ??= error.message));
    stream.on('response', (headers) => {
      this.#status = Number(headers[':status']);
      const length = headers['content-length'];
      this.#length = length === undefined ? null : Number(length);
      this.#framing = framingOf(this.request.method, this.#status, this.#length);
      this.onHead();
    });
    stream.on('data', (chunk: Buffer) => (this.#bytes += chunk.length));
    stream.on('end', () => {
      // It is called the end as well when the server has reset the stream, or the connection is gone.
      if (this.#isComplete()) this.end();
    });
    stream.on('close', () => this.end());
    if (body !== null) void sendBody(stream, body);
  }

  /** What there is to send of it has been taken by the connection. */
  isSent(): boolean {
    return this.#stream !== null && !this.#stream.pending && this.#stream.writableLength === 0;
  }

  /** We wait no longer. */
  giveUp(): void {
    this.#gaveUp = true;
    this.end();
  }

  end(): void {
    this.#isOver = true;
    this.#settle(this.#gaveUp);
    // A server may answer before it has read the whole request; nobody sends the rest of it then.
    this.#stream?.close(constants.NGHTTP2_CANCEL);
  }

  /**
   * How it ended, to be asked when it is over.
   * @param problem why the connection was given up by Node, which is said when neither frame nor socket explains it
   */
  outcome(socketEnd: SocketEnd | null, problem: string | null): HttpOutcome {
    const [status, framing, bytes] = [this.#status, this.#framing, this.#bytes];
    const complete = this.#isComplete();
    const stream = complete ? null : this.#endOfStream();
    const timedOut = this.#gaveUp;
    const id = this.#stream?.id;
    if (id !== undefined) this.frames.forget(id);
    return {
      ending: endingOf({ status, complete, framing, streamEnd: stream?.end ?? null, socketEnd, timedOut }),
      status,
      bytes,
      framing,
      announcedClose: status === null ? null : this.frames.goaway !== null,
      socketEnd,
      detail: complete ? null : (stream?.words ?? (socketEnd === null ? (problem ?? this.#problem) : null)),
    };
  }

  #isComplete(): boolean {
    const ended = this.#stream?.id !== undefined && this.frames.hasEnded(this.#stream.id);
    const whole = this.#framing !== 'length' || this.#bytes === this.#length;
    return ended && this.#status !== null && whole;
  }

  /** What the server itself said of this stream before the end of the answer. */
  #endOfStream(): { end: StreamEnd; words: string } | null {
    const id = this.#stream?.id;
    const { goaway } = this.frames;
    const reset = id === undefined ? null : this.frames.resetOf(id);
    if (reset !== null) {
      return {
        end: reset === constants.NGHTTP2_REFUSED_STREAM ? 'refused' : 'reset',
        words: `RST_STREAM ${errorName(reset)}`,
      };
    }
    if (goaway === null) return null;
    const words = `GOAWAY ${errorName(goaway.code)}`;
    if (this.#turnedAway || id === undefined || id > goaway.lastStream) return { end: 'refused', words };
    // With an error it ends the connection and every stream on it (RFC 9113, section 5.4.1), and Node drops them at once.
    return goaway.code === constants.NGHTTP2_NO_ERROR ? null : { end: 'reset', words };
  }
}
