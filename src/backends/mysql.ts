import type { Dialogue, DialogueState } from './dialogue.js';
import { FrameReader, type Framing } from './frames.js';

const PACKET: Framing = { headLength: 4, bodyLength: (head) => head.readUIntLE(0, 3) };

/** MySQL documentation, "Capabilities Flags"; the last is MariaDB's own, in the field that it added. */
const CLIENT_MYSQL = 1;
const COMPRESS = 1 << 5;
const SSL = 1 << 11;
const DEPRECATE_EOF = 1 << 24;
const ZSTD = 1 << 26;
const MARIADB_CACHE_METADATA = 1 << 4;

/** "Status Flags". */
const IN_TRANSACTION = 1;
const MORE_RESULTS = 8;

/** "Command Phase". */
const QUIT = 0x01;
const STATISTICS = 0x09;
const BINLOG_DUMP = 0x12;
const PREPARE = 0x16;
const SEND_LONG_DATA = 0x18;
const STMT_CLOSE = 0x19;
const FETCH = 0x1c;
const PING = 0x0e;
const UNANSWERED = [QUIT, SEND_LONG_DATA, STMT_CLOSE];

const OK = 0x00;
const ERR = 0xff;
const EOF = 0xfe;
const LOCAL_INFILE = 0xfb;

/** What the server is in the middle of: nothing, the first packet of an answer, descriptions of columns, rows. */
type Phase = { kind: 'first' } | { kind: 'described'; left: number; then: 'rows' | 'end' } | { kind: 'rows' };

/** One connection to MySQL or MariaDB. */
export class MysqlDialogue implements Dialogue {
  #session = false;
  #loggedIn = false;
  #goodbye = false;
  #tls = false;
  #opaque = false;
  #queries = 0;
  #deprecateEof = false;
  #cachesMetadata = false;
  #transaction = false;
  /** Commands that wait for their answers, in their order. */
  readonly #commands: number[] = [];
  #phase: Phase = { kind: 'first' };
  readonly #target = new FrameReader(PACKET, (head, first, length) => this.#targetSaid(head, first, length));
  readonly #server = new FrameReader(PACKET, (_head, first, length) => this.#serverSaid(first, length));

  get state(): DialogueState {
    return {
      session: this.#session,
      goodbye: this.#goodbye,
      observable: this.#tls ? 'tls' : this.#opaque ? 'unknown' : 'yes',
      unfinished: this.#loggedIn && (this.#commands.length > 0 || this.#target.partial),
      transaction: this.#transaction,
      queries: this.#queries,
    };
  }

  fromTarget(chunk: Buffer): void {
    this.#target.push(chunk);
  }

  fromServer(chunk: Buffer): void {
    this.#server.push(chunk);
  }

  #stop(): void {
    this.#target.stop();
    this.#server.stop();
  }

  #targetSaid(head: Buffer, first: Buffer, length: number): void {
    if (!this.#session) {
      this.#login(first, length);
      return;
    }
    // Only commands begin to count anew.
    if (!this.#loggedIn || head[3] !== 0) return;
    const command = first[0] ?? 0;
    if (command === QUIT) this.#goodbye = true;
    if (UNANSWERED.includes(command)) return;
    if (command !== PING) this.#queries++;
    this.#commands.push(command);
  }

  /** The answer to the greeting, which says how the two are going to speak. */
  #login(first: Buffer, length: number): void {
    this.#session = true;
    if (first.length < 32) return;
    const capabilities = first.readUInt32LE(0);
    this.#deprecateEof = (capabilities & DEPRECATE_EOF) !== 0;
    this.#cachesMetadata =
      (capabilities & CLIENT_MYSQL) === 0 && (first.readUInt32LE(28) & MARIADB_CACHE_METADATA) !== 0;
    if ((capabilities & SSL) !== 0 && length === 32) this.#tls = true;
    else if ((capabilities & (COMPRESS | ZSTD)) !== 0) this.#opaque = true;
    if (this.#tls || this.#opaque) this.#stop();
  }

  #serverSaid(first: Buffer, length: number): void {
    const kind = first[0] ?? OK;
    if (!this.#loggedIn) {
      // Before that come its greeting and what the two agree on.
      if (this.#session && kind === OK) {
        this.#loggedIn = true;
        this.#ok(first);
      }
      return;
    }
    const [command] = this.#commands;
    // A stream of changes never ends, and nobody waits for it.
    if (command === undefined || command === BINLOG_DUMP) return;
    switch (this.#phase.kind) {
      case 'first':
        this.#answered(command, first, length);
        break;
      case 'described':
        this.#phase.left--;
        if (this.#phase.left > 0) break;
        if (this.#phase.then === 'rows') this.#phase = { kind: 'rows' };
        else this.#over();
        break;
      case 'rows':
        this.#row(first, length);
    }
  }

  #answered(command: number, first: Buffer, length: number): void {
    const kind = first[0] ?? OK;
    if (kind === ERR || command === STATISTICS) this.#over();
    else if (kind === OK && command === PREPARE) this.#prepared(first);
    else if (kind === OK) this.#ended(this.#ok(first));
    else if (command === FETCH) this.#row(first, length);
    // The server asks for a file; what it says after that is the answer. The same goes for a change of user.
    else if (kind === LOCAL_INFILE || kind === EOF) return;
    else this.#described(columnCount(first), first, length);
  }

  #described(columns: number, first: Buffer, length: number): void {
    const described = !this.#cachesMetadata || length < 2 || first[length - 1] !== 0;
    const left = (described ? columns : 0) + (this.#deprecateEof ? 0 : 1);
    this.#phase = left === 0 ? { kind: 'rows' } : { kind: 'described', left, then: 'rows' };
  }

  /** The answer to PREPARE says how many descriptions follow; each list of them ends with a packet of its own. */
  #prepared(first: Buffer): void {
    if (first.length < 9) {
      this.#over();
      return;
    }
    const lists = [first.readUInt16LE(5), first.readUInt16LE(7)].filter((count) => count > 0);
    const left = lists.reduce((sum, count) => sum + count + (this.#deprecateEof ? 0 : 1), 0);
    if (left === 0) this.#over();
    else this.#phase = { kind: 'described', left, then: 'end' };
  }

  #row(first: Buffer, length: number): void {
    const kind = first[0] ?? OK;
    if (kind === ERR) this.#over();
    else if (kind === EOF && length < (this.#deprecateEof ? 0xff_ff_ff : 9))
      this.#ended(this.#deprecateEof ? this.#ok(first) : this.#eof(first));
  }

  /** The status flags of an OK packet, after two numbers of varying length. */
  #ok(first: Buffer): number {
    const at = afterNumber(first, afterNumber(first, 1));
    return this.#flags(at + 2 <= first.length ? first.readUInt16LE(at) : 0);
  }

  #eof(first: Buffer): number {
    return this.#flags(first.length >= 5 ? first.readUInt16LE(3) : 0);
  }

  #flags(flags: number): number {
    this.#transaction = (flags & IN_TRANSACTION) !== 0;
    return flags;
  }

  #ended(flags: number): void {
    if ((flags & MORE_RESULTS) === 0) this.#over();
    else this.#phase = { kind: 'first' };
  }

  #over(): void {
    this.#commands.shift();
    this.#phase = { kind: 'first' };
  }
}

/** "Length-Encoded Integers": where the next field begins. */
function afterNumber(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  return at + (first === 0xfc ? 3 : first === 0xfd ? 4 : first === 0xfe ? 9 : 1);
}

function columnCount(first: Buffer): number {
  const [kind = 0] = first;
  return kind === 0xfc && first.length >= 3 ? first.readUInt16LE(1) : kind;
}
