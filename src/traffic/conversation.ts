import type { Clock } from '../recording/clock.js';
import type { WebSocketConnection } from './websocket.js';

const TALK_EVERY_MS = 50;
/** A message that was sent this shortly before the signal may not have arrived when it came. Milliseconds. */
const ON_ITS_WAY_MS = 25;
/** So many answers tell how long an answer takes; a server that is silent for so long gives none. */
const WARM_ANSWERS = 2;
const WARM_MS = 500;

/**
 * What a busy WebSocket says, and what it is owed. A server that has answered each message, in the time that it takes
 * for that, is expected to answer what it had when the signal came. Whoever answers less, or says more than it is asked,
 * owes nothing: there is no telling what would be an answer.
 */
export class Conversation {
  readonly #sentAt: number[] = [];
  /** Messages that had come before we said anything. */
  #greetings = 0;
  #longestAnswerMs = 0;
  #beganAt: number | null = null;
  #expected = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param message null: pings, which every server answers by itself */
  constructor(
    private readonly connection: WebSocketConnection,
    private readonly message: string | null,
    private readonly clock: Clock,
  ) {}

  get sent(): number {
    return this.#sentAt.length;
  }

  /** Enough is known of the server's answers, or there is nothing to wait for. */
  get warm(): boolean {
    if (this.#beganAt === null || this.message === null) return true;
    return this.#answers >= WARM_ANSWERS || this.clock.now() - this.#beganAt > WARM_MS;
  }

  /** Messages that the server had when the signal came and has not answered. */
  get owed(): number {
    return Math.max(0, this.#expected - this.#answers);
  }

  begin(): void {
    this.#beganAt = this.clock.now();
    this.#greetings = this.connection.received;
    this.#say();
    this.#timer = setInterval(() => this.#say(), TALK_EVERY_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** A message came. */
  hear(): void {
    const sentAt = this.#sentAt[this.#answers - 1];
    if (sentAt !== undefined) this.#longestAnswerMs = Math.max(this.#longestAnswerMs, this.clock.now() - sentAt);
  }

  /** The signal was sent at this time of the recording. */
  signalled(at: number): void {
    const before = (ms: number) => this.#sentAt.filter((sentAt) => sentAt < at - ms).length;
    const answersEach =
      this.#answers > 0 &&
      this.#answers <= this.sent &&
      this.#answers >= before(2 * this.#longestAnswerMs + ON_ITS_WAY_MS);
    this.#expected = answersEach ? before(ON_ITS_WAY_MS) : 0;
  }

  get #answers(): number {
    return this.connection.received - this.#greetings;
  }

  #say(): void {
    if (!this.connection.open) return;
    if (this.message === null) {
      this.connection.ping();
      return;
    }
    this.connection.send(this.message);
    this.#sentAt.push(this.clock.now());
  }
}
