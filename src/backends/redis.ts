import { TLS_HANDSHAKE, type Dialogue, type DialogueState } from './dialogue.js';
import { RespReader, type RespValue } from './resp.js';

/** A connection that has said one of these is told things without asking, and has nothing under way. */
const LISTENS = ['SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'MONITOR', 'SYNC', 'PSYNC'];
/** These wait for something to come: to leave while they do loses nothing. */
const WAITS = ['BLPOP', 'BRPOP', 'BLMOVE', 'BRPOPLPUSH', 'BLMPOP', 'BZPOPMIN', 'BZPOPMAX', 'BZMPOP', 'WAIT', 'WAITAOF'];
/** What clients say by themselves. */
const MANNERS = ['HELLO', 'AUTH', 'SELECT', 'CLIENT', 'INFO', 'PING', 'COMMAND', 'QUIT', 'READONLY', 'RESET'];

/** One connection to Redis. */
export class RedisDialogue implements Dialogue {
  #begun = false;
  #tls = false;
  #goodbye = false;
  #listens = false;
  #unanswered = false;
  #transaction = false;
  #queries = 0;
  /** For each command without an answer yet, whether it only waits. */
  readonly #pending: boolean[] = [];
  readonly #target = new RespReader((value) => this.#targetSaid(value));
  readonly #server = new RespReader((value) => this.#serverSaid(value));

  get state(): DialogueState {
    const lost = this.#target.lost || this.#server.lost || this.#unanswered;
    const asks = this.#pending.some((waits) => !waits) || this.#target.partial;
    return {
      session: this.#begun,
      goodbye: this.#goodbye,
      observable: this.#tls ? 'tls' : lost ? 'unknown' : 'yes',
      unfinished: !this.#listens && !this.#goodbye && asks,
      transaction: this.#transaction,
      queries: this.#queries,
    };
  }

  fromTarget(chunk: Buffer): void {
    if (!this.#begun && chunk[0] === TLS_HANDSHAKE) {
      this.#tls = true;
      this.#target.stop();
      this.#server.stop();
    }
    this.#begun = true;
    this.#target.push(chunk);
  }

  fromServer(chunk: Buffer): void {
    this.#server.push(chunk);
  }

  #targetSaid({ words }: RespValue): void {
    const upper = words.map((word) => word.toUpperCase());
    const [name = '', second = ''] = upper;
    if (LISTENS.includes(name)) this.#listens = true;
    if (name === 'QUIT') this.#goodbye = true;
    // From here on there may be no answers to wait for.
    if (name === 'CLIENT' && second === 'REPLY') this.#unanswered = true;
    if (name === 'MULTI') this.#transaction = true;
    if (name === 'EXEC' || name === 'DISCARD' || name === 'RESET') this.#transaction = false;
    if (!MANNERS.includes(name)) this.#queries++;
    this.#pending.push(WAITS.includes(name) || (/^XREAD/.test(name) && upper.includes('BLOCK')));
  }

  #serverSaid({ sign }: RespValue): void {
    // What is pushed answers nothing.
    if (sign !== '>') this.#pending.shift();
  }
}
