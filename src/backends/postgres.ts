import { TLS_HANDSHAKE, type Dialogue, type DialogueState } from './dialogue.js';
import { FrameReader, type Framing } from './frames.js';

/** PostgreSQL documentation, "Message Formats". */
const CANCEL_REQUEST = 80_877_102;
const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

const STARTUP: Framing = { headLength: 4, bodyLength: (head) => head.readUInt32BE(0) - 4 };
const TYPED: Framing = { headLength: 5, bodyLength: (head) => head.readUInt32BE(1) - 4 };

const IDLE = 'I'.charCodeAt(0);

/** One connection to PostgreSQL, protocol version 3. */
export class PostgresDialogue implements Dialogue {
  #session = false;
  #goodbye = false;
  #tls = false;
  #queries = 0;
  /** The target asked for encryption, and the server has not said yes or no. */
  #asked = false;
  #begun = false;
  #greeted = false;
  /** How often the server still has to say that it is ready: once for each simple query and each Sync. */
  #awaited = 0;
  /** Parts of a query were sent that no Sync has followed yet. */
  #unsynced = false;
  #transaction = false;
  readonly #target = new FrameReader(STARTUP, (head, first) => this.#targetSaid(head, first));
  readonly #server = new FrameReader(TYPED, (head, first) => this.#serverSaid(head, first));

  get state(): DialogueState {
    const lost = !this.#tls && (this.#server.lost || this.#target.lost) && !this.#goodbye;
    return {
      session: this.#session,
      goodbye: this.#goodbye,
      observable: this.#tls ? 'tls' : lost ? 'unknown' : 'yes',
      unfinished: this.#greeted && (this.#awaited > 0 || this.#unsynced || this.#target.partial),
      transaction: this.#transaction,
      queries: this.#queries,
    };
  }

  fromTarget(chunk: Buffer): void {
    // Newer clients may begin with TLS at once, without asking.
    if (!this.#begun && chunk[0] === TLS_HANDSHAKE) this.#encrypted();
    this.#begun = true;
    this.#target.push(chunk);
  }

  fromServer(chunk: Buffer): void {
    if (!this.#asked) {
      this.#server.push(chunk);
      return;
    }
    // The answer to a request for encryption is one byte and no message.
    this.#asked = false;
    if (chunk[0] !== 'N'.charCodeAt(0)) this.#encrypted();
    else if (chunk.length > 1) this.#server.push(chunk.subarray(1));
  }

  #encrypted(): void {
    this.#tls = true;
    this.#session = true;
    this.#target.stop();
    this.#server.stop();
  }

  #targetSaid(head: Buffer, first: Buffer): void {
    if (head.length === STARTUP.headLength) {
      const code = first.length >= 4 ? first.readUInt32BE(0) : 0;
      if (code === SSL_REQUEST || code === GSS_REQUEST) this.#asked = true;
      else if (code >>> 16 === 3) {
        this.#session = true;
        this.#target.use(TYPED);
      } else {
        // One that only cancels a query of another connection, or none that we know.
        this.#target.stop();
        if (code === CANCEL_REQUEST) this.#server.stop();
      }
      return;
    }
    switch (String.fromCharCode(head[0] ?? 0)) {
      case 'Q':
      case 'F':
        this.#queries++;
        this.#awaited++;
        break;
      case 'S':
        this.#awaited++;
        this.#unsynced = false;
        break;
      case 'E':
        this.#queries++;
        this.#unsynced = true;
        break;
      case 'P':
      case 'B':
      case 'D':
      case 'C':
        this.#unsynced = true;
        break;
      case 'X':
        this.#goodbye = true;
        break;
    }
  }

  #serverSaid(head: Buffer, first: Buffer): void {
    if (head[0] !== 'Z'.charCodeAt(0)) return;
    // The first one ends the login.
    if (this.#greeted) this.#awaited = Math.max(0, this.#awaited - 1);
    this.#greeted = true;
    this.#transaction = first[0] !== IDLE;
  }
}
