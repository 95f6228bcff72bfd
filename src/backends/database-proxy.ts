import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { DrainCheckError } from '../errors.js';
import type { DatabasePlan, DatabaseProtocol } from '../plan/backends.js';
import type { EventOf } from '../recording/events.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { Dialogue } from './dialogue.js';
import { MysqlDialogue } from './mysql.js';
import { PostgresDialogue } from './postgres.js';
import { RedisDialogue } from './redis.js';

/** A database on this machine or near it answers sooner, or not at all. */
const REACH_TIMEOUT_MS = 5000;

const DIALOGUES: Record<DatabaseProtocol, () => Dialogue> = {
  postgres: () => new PostgresDialogue(),
  mysql: () => new MysqlDialogue(),
  redis: () => new RedisDialogue(),
};

/**
 * Looks whether a database can be reached, before anything is started.
 * @throws DrainCheckError `database-unreachable`
 */
export async function assertReachable({ variable, host, port }: DatabasePlan): Promise<void> {
  const problem = await new Promise<string | null>((resolve) => {
    const socket = connect({ host, port });
    const settle = (answer: string | null) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(null));
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? 'unknown error'));
    socket.setTimeout(REACH_TIMEOUT_MS, () => settle('no answer'));
  });
  if (problem === null) return;
  throw new DrainCheckError(
    'database-unreachable',
    `The database of ${variable} cannot be reached at ${host}:${port} (${problem}).`,
    'Start it before drain-check, or correct the host and port in that variable.',
  );
}

/**
 * Stands between the target and one of its databases for one life. Bytes pass unchanged, as fast as both sides take
 * them; what is seen of each connection is recorded when it ends.
 */
export class DatabaseProxy {
  readonly #open = new Set<Conversation>();
  #isCut = false;

  private constructor(
    private readonly server: Server,
    private readonly database: DatabasePlan,
    private readonly recorder: LifeRecorder,
    private readonly number: () => number,
  ) {
    server.on('connection', (socket) => this.#accept(socket));
  }

  /**
   * Opens one on a free port of this machine.
   * @param number numbers connections
   */
  static async open(database: DatabasePlan, recorder: LifeRecorder, number: () => number): Promise<DatabaseProxy> {
    // Both halves of a connection are ended by those at its ends.
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    server.unref();
    return new DatabaseProxy(server, database, recorder, number);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The database is gone for the target: its connections are reset and new ones as well. */
  cut(): void {
    this.#isCut = true;
    this.recorder.record({ type: 'database-cut', variable: this.database.variable, open: this.#open.size });
    for (const conversation of this.#open) conversation.end('cut');
  }

  /** Ends what is still open. */
  close(): void {
    for (const conversation of this.#open) conversation.end('tester');
    this.server.close();
  }

  #accept(target: Socket): void {
    if (this.#isCut) {
      target.on('error', () => undefined);
      target.resetAndDestroy();
      return;
    }
    const { variable, protocol, host, port } = this.database;
    const connection = this.number();
    this.recorder.record({ type: 'database-opened', connection, variable, protocol });
    const upstream = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const conversation = new Conversation(target, upstream, DIALOGUES[protocol](), this.recorder, (end) => {
      this.#open.delete(conversation);
      this.recorder.record({ type: 'database-closed', connection, ...end });
    });
    this.#open.add(conversation);
  }
}

/** How a connection ended, and what was under way then: what is recorded of its end. */
type ConversationEnd = Omit<EventOf<'database-closed'>, 'type' | 'connection' | 'seq' | 'at' | 'life'>;

/** One connection of the target, and ours to the database that belongs to it. */
class Conversation {
  #over = false;
  #lastQueryAt: number | null = null;

  constructor(
    private readonly target: Socket,
    private readonly upstream: Socket,
    private readonly dialogue: Dialogue,
    private readonly recorder: LifeRecorder,
    private readonly onEnd: (end: ConversationEnd) => void,
  ) {
    this.#pass(target, upstream, (chunk) => {
      const { queries } = dialogue.state;
      dialogue.fromTarget(chunk);
      if (dialogue.state.queries > queries) this.#lastQueryAt = recorder.clock.now();
    });
    this.#pass(upstream, target, (chunk) => dialogue.fromServer(chunk));
    target.once('end', () => this.#ended('target', 'fin'));
    target.once('error', () => this.end('target', 'rst'));
    upstream.once('end', () => this.#ended('server', 'fin'));
    upstream.once('error', () => this.end('server', 'rst'));
  }

  /** Ends both sides at once; what ends now was ended by us unless it is said otherwise. */
  end(by: ConversationEnd['by'], how: ConversationEnd['how'] = 'rst'): void {
    this.#ended(by, how);
    for (const socket of [this.target, this.upstream]) {
      if (by === 'tester' || socket.writableEnded) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  /** The first end is the one that counts: the other side only answers it. */
  #ended(by: ConversationEnd['by'], how: ConversationEnd['how']): void {
    if (this.#over) return;
    this.#over = true;
    this.onEnd({ by, how, ...this.dialogue.state, lastQueryAt: this.#lastQueryAt });
  }

  /** Hands on what one side says, no faster than the other takes it, and its end. */
  #pass(from: Socket, to: Socket, tap: (chunk: Buffer) => void): void {
    from.on('data', (chunk: Buffer) => {
      tap(chunk);
      if (to.writable && !to.write(chunk)) from.pause();
    });
    to.on('drain', () => from.resume());
    from.on('end', () => to.end());
    from.on('close', () => to.destroySoon());
    // A second error of a socket that has been told of.
    from.on('error', () => undefined);
  }
}
