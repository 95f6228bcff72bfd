import type { JobSight } from '../plan/backends.js';
import type { Origin } from '../plan/origin.js';
import type { TextPattern } from '../plan/types.js';
import { HttpConnection } from './http-connection.js';
import type { KeptAnswer } from './http-message.js';
import type { JobBook } from './job-book.js';
import { plainRequest } from './upload.js';
import type { WebSocketConnection } from './websocket.js';

/** So many clients watch on each WebSocket: that one of them was told is not that all are. */
const WATCHERS = 3;
const UPGRADE_TIMEOUT_MS = 5000;
const POLL_TIMEOUT_MS = 2000;
/** So many are asked for in one round, and so often. */
const POLLED_AT_ONCE = 64;
const POLL_EVERY_MS = 100;

/** Clients that are told on WebSockets when jobs are done. */
export class WebSocketWatchers {
  readonly #connections: WebSocketConnection[] = [];
  #closed = false;

  /**
   * Connects them; tells which path did not take WebSockets, if one did not.
   * @param headers sent with the upgrade
   */
  async open(
    origin: Origin,
    sights: readonly JobSight[],
    book: JobBook,
    headers: readonly [string, string][],
    subprotocols: readonly string[],
  ): Promise<string | null> {
    const { WebSocketConnection: open } = await import('./websocket.js');
    for (const sight of sights) {
      if (sight.by !== 'websocket') continue;
      const wanted = idPattern(sight.text);
      for (let i = 0; i < WATCHERS; i++) {
        const watcher = this.#connections.length;
        const onMessage = (text: string) => {
          for (const id of idsIn(text, wanted)) book.show(id, 'websocket', watcher);
        };
        const connection = new open(origin, sight.path, {
          subprotocols,
          headers,
          timeoutMs: UPGRADE_TIMEOUT_MS,
          onMessage,
        });
        this.#connections.push(connection);
        if (!(await connection.opened)) return sight.path;
        void connection.done.then(({ closeFrame }) => {
          if (!this.#closed) book.watchEnded(watcher, closeFrame?.code ?? null);
        });
      }
    }
    return null;
  }

  /** Settles when all have been left, or let go. */
  async done(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.done));
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.abandon();
  }
}

/** Asks again and again for jobs that are not known to be done. */
export class JobPoller {
  #timer: NodeJS.Timeout | undefined;
  #asking: Promise<Map<number, number | null>> | null = null;
  /** Where the next round begins, so that all have their turn. */
  #turn = 0;

  constructor(
    private readonly origin: Origin,
    private readonly sight: Extract<JobSight, { by: 'poll' }>,
    private readonly book: JobBook,
  ) {}

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#asking === null) void this.round();
    }, POLL_EVERY_MS);
  }

  /** Settles when the last answer is there. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#asking;
  }

  /**
   * Asks for some of those that are waited for.
   * @returns what was said of each that is not done; null: nothing
   */
  async round(): Promise<Map<number, number | null>> {
    this.#asking = this.#ask();
    const said = await this.#asking;
    this.#asking = null;
    return said;
  }

  async #ask(): Promise<Map<number, number | null>> {
    const said = new Map<number, number | null>();
    const waiting = this.book.waiting();
    const from = this.#turn % Math.max(1, waiting.length);
    const some = [...waiting.slice(from), ...waiting.slice(0, from)].slice(0, POLLED_AT_ONCE);
    this.#turn = from + some.length;
    await Promise.all(
      some.map(async ({ job, id }) => {
        const answer: KeptAnswer = { headers: {}, body: '' };
        const connection = new HttpConnection(this.origin);
        const path = this.sight.path.replace('{{id}}', encodeURIComponent(id));
        const request = { ...plainRequest(path, true), answer };
        const { ending, status } = await connection.request(request, undefined, POLL_TIMEOUT_MS);
        connection.abandon();
        const whole = ending === 'answered' && status !== null && status >= 200 && status < 300;
        if (whole && (this.sight.text === null || contains(answer.body, this.sight.text)))
          this.book.show(id, 'poll', 0);
        else said.set(job, ending === 'answered' ? status : null);
      }),
    );
    return said;
  }
}

/** A text with `{{id}}` in it as an expression that finds each id. */
export function idPattern(text: string): RegExp {
  const [before = '', after = ''] = text.split('{{id}}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`${before}([A-Za-z0-9_.:-]{1,200}${after === '' ? '' : '?'})${after}`, 'g');
}

export function idsIn(text: string, wanted: RegExp): string[] {
  return [...text.matchAll(wanted)].map(([, id = '']) => id);
}

function contains(body: string, pattern: TextPattern): boolean {
  return pattern.kind === 'text' ? body.includes(pattern.text) : new RegExp(pattern.source, pattern.flags).test(body);
}
