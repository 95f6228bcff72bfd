import type { Socket } from 'node:net';
import type { ArmProof, Ending } from '../../recording/events.js';
import { endingOf } from '../ending.js';
import type { SocketEnd } from '../socket-end.js';
import { HttpReader } from './http-reader.js';
import type { FrameHandler } from './frame-reader.js';
import { clientFrame, type Opening } from './requests.js';
import { WebSocketReader } from './websocket-reader.js';

/** What a connection of a crowd is for. */
export type MemberKind = 'request' | 'websocket' | 'idle';

const CLOSE = 8;
const PONG = 10;
const NO_CODE = 1005;

/** One connection of a crowd: what was seen of it, and nothing that its ending does not need. Times are the recording's. */
export class Member {
  socket: Socket | null = null;
  openedAt = 0;
  connectedAt: number | null = null;
  /** When the head of its answer was read. */
  headAt: number | null = null;
  endedAt: number | null = null;
  ending: Ending | null = null;
  /** How the target ended its half; null while it has not. */
  peer: 'fin' | 'rst' | null = null;
  /** Of the close frame; null: none came. */
  code: number | null = null;
  armed: ArmProof | null = null;
  /** Its part of the opening is done: it was sent, upgraded or answered, or it has ended. */
  stands = false;
  readonly #http: HttpReader | null;
  readonly #websocket: WebSocketReader | null;
  #clock: () => number;

  constructor(
    readonly kind: MemberKind,
    method: string,
    private readonly opening: Opening,
    clock: () => number,
  ) {
    this.#clock = clock;
    this.#websocket = opening.accept === null ? null : new WebSocketReader(opening.accept);
    this.#http = opening.accept === null ? new HttpReader(method) : null;
  }

  get status(): number | null {
    return (this.#websocket ?? this.#http)?.status ?? null;
  }

  get bytes(): number {
    return this.#http?.bytes ?? this.#websocket?.frames?.bytes ?? this.#websocket?.response?.bytes ?? 0;
  }

  get messages(): number {
    return this.#websocket?.frames?.messages ?? 0;
  }

  get upgraded(): boolean {
    return this.#websocket?.frames !== null && this.#websocket !== null;
  }

  /** Of its answer; null: there is none, or it is a WebSocket. */
  get response(): HttpReader | null {
    return this.#http ?? this.#websocket?.response ?? null;
  }

  /** The connection stands. */
  connected(): void {
    this.connectedAt = this.#clock();
    this.socket?.write(this.opening.first);
  }

  /** The target has taken its connection. */
  taken(): void {
    this.stands = true;
  }

  /** Sends what was withheld. */
  release(): void {
    const { socket } = this;
    if (this.opening.withheld.length > 0 && this.ending === null && socket?.writable === true)
      socket.write(this.opening.withheld);
  }

  /** Takes what has arrived. */
  read(data: Buffer): void {
    if (this.ending !== null) return;
    if (this.#websocket === null) this.#http?.push(data);
    else this.#websocket.push(data, this.#handler);
    if (this.headAt === null && this.status !== null) this.headAt = this.#clock();
    if ((this.#websocket ?? this.#http)?.malformed === true) {
      this.#end('short');
      this.abandon();
      return;
    }
    if (this.upgraded || (this.kind === 'request' && this.headAt !== null)) this.stands = true;
    if (!this.upgraded && this.response?.complete === true) this.#answered();
  }

  /** The target has ended its half, or there never was a connection. */
  ended(how: SocketEnd): void {
    if (how === 'fin' || how === 'rst') this.peer ??= how;
    if (this.ending !== null) return;
    if (this.upgraded || (this.kind === 'idle' && this.stands)) {
      this.#end(how === 'fin' ? 'closed' : how === 'rst' ? 'reset' : 'ended-by-tester');
      return;
    }
    if (how === 'fin') this.response?.end();
    const { status, response } = this;
    const complete = response?.complete === true;
    const framing = response?.framing ?? null;
    this.#end(endingOf({ status, complete, framing, socketEnd: how, timedOut: false }));
  }

  /** Ends it ourselves, leaving nothing in TIME_WAIT; see `WatchedSocket.abandon`. */
  abandon(): void {
    const { socket } = this;
    if (this.ending === null) this.#end('ended-by-tester');
    if (socket === null || socket.destroyed) return;
    if (socket.writableEnded || socket.connecting) socket.destroy();
    else socket.resetAndDestroy();
  }

  #answered(): void {
    // An idle connection has had its answer, and is idle from now on.
    if (this.kind === 'idle' && this.response?.status !== 503) this.stands = true;
    else this.#end(endingOf({ status: this.status, complete: true, framing: null, socketEnd: null, timedOut: false }));
  }

  #end(ending: Ending): void {
    this.ending = ending;
    this.endedAt = this.#clock();
    this.stands = true;
  }

  get #handler(): FrameHandler {
    return {
      onPing: (payload) => this.#say(PONG, payload),
      onClose: (code) => {
        this.code = code;
        this.#end('answered');
        this.#say(CLOSE, code === NO_CODE ? Buffer.alloc(0) : Buffer.from([code >> 8, code & 255]));
      },
    };
  }

  #say(opcode: number, payload: Buffer): void {
    if (this.socket?.writable === true) this.socket.write(clientFrame(opcode, payload));
  }
}
