import { connect, type Socket, type TcpNetConnectOpts, type IpcNetConnectOpts } from 'node:net';
import type { Origin } from '../../plan/origin.js';
import { endOf, type PeerEnd } from '../socket-end.js';
import { Member, type MemberKind } from './member.js';
import { loopbackSources } from './sources.js';
import { requestBytes, type Opening } from './requests.js';

/** Beyond this a server's queue of connections (511 in Node) overflows, and the kernel asks again only a second later. */
const MOST_AT_ONCE = 256;
const LEAST_AT_ONCE = 16;
/** A connection that took so long was asked for a second time: the queue had overflowed. Milliseconds. */
const ASKED_AGAIN_MS = 900;
/** Without any progress for so long, the target takes no more. Milliseconds. */
const NO_PROGRESS_MS = 10_000;
/** A server that has said goodbye and does not end its connection is waited for this long. Milliseconds. */
const LINGER_MS = 5000;
const SWEEP_MS = 250;
/** After so many requests, one connection is opened that is answered at once: when it is, those before it were taken. */
const REQUESTS_A_KNOCK = 64;
const KNOCK_TIMEOUT_MS = 2000;
/** All connections read into the same memory, one after another. */
const READ_BYTES = 64 * 1024;
const NOTHING = Buffer.alloc(0);

/** Connections that are all alike. */
export interface CrowdGroup {
  kind: MemberKind;
  count: number;
  method: string;
  opening: Opening;
}

export interface CrowdProgress {
  /** Connections that stand: sent, upgraded or answered, and not ended. */
  standing: number;
  ended: number;
  opened: number;
}

/**
 * Thousands of connections, opened together, held and followed to their ends. Each ends in exactly one way. They share
 * their handlers and their memory, so that one costs little more than its socket.
 */
export class Crowd {
  readonly members: Member[] = [];
  /** Why not all could be opened; null: all were. */
  shortfall: string | null = null;
  /** Settles when every one has ended, and its connection too. */
  readonly done: Promise<void>;
  readonly #origin: Origin;
  /** What is answered at once. */
  readonly #question: Buffer;
  readonly #clock: () => number;
  readonly #source: (index: number) => string | undefined;
  readonly #buffer = Buffer.alloc(READ_BYTES);
  #opened = 0;
  #standing = 0;
  #ended = 0;
  /** Members that are being opened: asked for, and not standing yet. */
  #underWay = 0;
  /** Requests that are sent, and may be waiting to be taken. */
  #sent: Member[] = [];
  #knocking = false;
  #gone = 0;
  #atOnce = MOST_AT_ONCE;
  #progressAt = 0;
  #stopped = false;
  #sweeper: NodeJS.Timeout | null = null;
  #allOpen: () => void = () => undefined;
  #allOver: () => void = () => undefined;

  /** @param path of a plain question */
  constructor(origin: Origin, groups: readonly CrowdGroup[], path: string, clock: () => number) {
    this.#origin = origin;
    this.#clock = clock;
    this.#source = loopbackSources(origin.host);
    const plain = { method: 'GET', path, headers: [], body: null, withhold: false, close: true };
    this.#question = requestBytes(origin, plain).first;
    this.done = new Promise((resolve) => (this.#allOver = resolve));
    for (const { kind, count, method, opening } of groups)
      for (let i = 0; i < count; i++) this.members.push(new Member(kind, method, opening, clock));
  }

  get progress(): CrowdProgress {
    return { standing: this.#standing, ended: this.#ended, opened: this.#opened };
  }

  /** Opens all of them, some at a time; settles when each stands or has ended, or when the target takes no more. */
  async open(): Promise<void> {
    this.#progressAt = performance.now();
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS);
    const open = new Promise<void>((resolve) => (this.#allOpen = resolve));
    this.#openMore();
    await open;
  }

  /** Ends what has not ended. */
  close(): void {
    this.#stopped = true;
    for (const member of this.members) this.#change(member, () => member.abandon());
    if (this.#sweeper !== null) clearInterval(this.#sweeper);
    this.#allOpen();
  }

  #openMore(): void {
    while (!this.#stopped && this.#underWay < this.#atOnce && this.#opened < this.members.length) {
      const member = this.members[this.#opened];
      if (member === undefined) break;
      this.#underWay += 1;
      this.#begin(member, this.#opened);
      this.#opened += 1;
    }
    this.#knock();
    if (this.#underWay === 0 && this.#opened === this.members.length) this.#allOpen();
  }

  #begin(member: Member, index: number): void {
    member.openedAt = this.#clock();
    const socket = connect({
      ...this.#where(index),
      allowHalfOpen: true,
      onread: {
        buffer: this.#buffer,
        callback: (length: number) => {
          this.#change(member, () => member.read(this.#buffer.subarray(0, length)));
          return true;
        },
      },
    });
    member.socket = socket;
    socket.on('connect', () => this.#connected(member));
    socket.on('end', () => this.#end(member, socket));
    socket.on('error', (error: NodeJS.ErrnoException) => this.#change(member, () => member.ended(endOf(error))));
    socket.on('close', () => {
      this.#change(member, () => member.ended('error'));
      this.#noteGone();
    });
  }

  #where(index: number): TcpNetConnectOpts | IpcNetConnectOpts {
    const { host, port, socketPath } = this.#origin;
    if (socketPath !== undefined) return { path: socketPath };
    const localAddress = this.#source(index);
    return localAddress === undefined ? { host, port } : { host, port, localAddress };
  }

  #connected(member: Member): void {
    this.#change(member, () => member.connected());
    if (member.kind === 'request') {
      this.#sent.push(member);
      this.#knock();
    }
    // A queue that overflows is not fed any faster.
    if ((member.connectedAt ?? 0) - member.openedAt > ASKED_AGAIN_MS)
      this.#atOnce = Math.max(LEAST_AT_ONCE, Math.floor(this.#atOnce / 2));
  }

  /**
   * Nothing tells that a request was taken which is not answered yet, and a queue that is fed without looking overflows.
   * A server takes connections in their order: one that it answers comes after all those before it.
   */
  #knock(): void {
    const isEnough = this.#sent.length >= REQUESTS_A_KNOCK || this.#sent.length === this.#underWay;
    if (this.#knocking || this.#sent.length === 0 || !isEnough) return;
    this.#knocking = true;
    const before = this.#sent.splice(0);
    const socket = connect(this.#where(this.#opened));
    let isAnswered = false;
    const answered = () => {
      if (isAnswered) return;
      isAnswered = true;
      this.#knocking = false;
      socket.destroy();
      for (const member of before) if (!member.stands) this.#change(member, () => member.taken());
      this.#knock();
    };
    socket.write(this.#question);
    socket.setTimeout(KNOCK_TIMEOUT_MS);
    for (const event of ['data', 'timeout', 'error', 'close']) socket.once(event, answered);
  }

  /** A write of nothing fails after a RST and sends nothing: see `WatchedSocket`. */
  #end(member: Member, socket: Socket): void {
    const settle = (end: PeerEnd) => {
      this.#change(member, () => member.ended(end));
      socket.end();
    };
    if (socket.writableEnded) settle('fin');
    else
      socket.write(NOTHING, (error?: NodeJS.ErrnoException | null) =>
        settle(error && endOf(error) !== 'fin' ? 'rst' : 'fin'),
      );
  }

  /** Does something that may let a member stand or end, and counts it. */
  #change(member: Member, act: () => void): void {
    const stood = member.stands;
    const over = member.ending !== null;
    act();
    if (!stood && member.stands) {
      this.#underWay -= 1;
      if (member.ending === null) this.#standing += 1;
      this.#progressAt = performance.now();
    } else if (!over && member.ending !== null && stood) this.#standing -= 1;
    if (!over && member.ending !== null) this.#noteEnd();
    if (!stood && member.stands) this.#openMore();
  }

  #noteEnd(): void {
    this.#ended += 1;
  }

  #noteGone(): void {
    this.#gone += 1;
    if (this.#gone === this.members.length) this.#allOver();
  }

  /** Looks after those that nothing happens to any more. */
  #sweep(): void {
    if (this.#underWay > 0 && performance.now() - this.#progressAt > NO_PROGRESS_MS) this.#giveUp();
    const now = this.#clock();
    for (const { socket, ending, endedAt } of this.members) {
      // A client that is done leaves, when the server does not.
      if (ending !== null && socket !== null && !socket.destroyed && now - (endedAt ?? now) > LINGER_MS) {
        if (socket.writableEnded) socket.destroy();
        else socket.resetAndDestroy();
      }
    }
  }

  /** The target takes no more: what is not open by now is not going to be. */
  #giveUp(): void {
    this.#stopped = true;
    const waiting = this.members.filter((member) => !member.stands);
    this.shortfall = `the target took no more connections: ${waiting.length} of ${this.members.length} were waiting for ${NO_PROGRESS_MS / 1000} s`;
    for (const member of waiting) {
      if (member.socket === null) continue;
      this.#change(member, () => member.abandon());
    }
    this.#allOpen();
  }
}

/** How many connections all the groups have. */
export function sizeOf(groups: readonly Pick<CrowdGroup, 'count'>[]): number {
  return groups.reduce((sum, { count }) => sum + count, 0);
}
