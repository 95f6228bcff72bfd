import type { TextPattern, WebSocketPlan } from '../plan/types.js';
import type { Origin } from '../plan/origin.js';
import type { ExchangeKind } from '../recording/events.js';
import { Conversation } from './conversation.js';
import { endExchange, noteConnected, openExchange, type Exchanges } from './exchanges.js';
import type { HeldWork } from './held-work.js';
import { WebSocketConnection, type WebSocketOutcome } from './websocket.js';

export interface HeldWebSocketOptions {
  kind: ExchangeKind;
  path: string;
  plan: WebSocketPlan;
  headers: readonly [string, string][];
  /** How long the upgrade may take, in milliseconds. */
  timeoutMs: number;
}

/** A WebSocket that is open when the signal comes, or is opened after it. */
export class HeldWebSocket implements HeldWork {
  readonly exchange: number;
  readonly connection: WebSocketConnection;
  readonly upload = false;
  readonly headProof = 'upgraded';
  readonly done: Promise<null>;
  readonly #talk: Conversation;
  #over = false;
  #upgraded = false;
  #goodbye = false;
  #signalled = false;
  #closeFrameAt: number | null = null;

  constructor(
    private readonly exchanges: Exchanges,
    origin: Origin,
    private readonly options: HeldWebSocketOptions,
  ) {
    const { kind, path, plan, headers, timeoutMs } = options;
    const opened = openExchange(exchanges, kind, { method: 'GET', path });
    this.exchange = opened.exchange;
    this.connection = new WebSocketConnection(
      origin,
      path,
      { subprotocols: plan.subprotocols, headers, timeoutMs, onMessage: (text) => this.#hear(text) },
      () => (this.#closeFrameAt = exchanges.recorder.clock.now()),
    );
    noteConnected(exchanges, this.exchange, this.connection.socket);
    this.#talk = new Conversation(this.connection, plan.message, exchanges.recorder.clock);
    void this.connection.opened.then((upgraded) => {
      this.#upgraded = upgraded;
      if (upgraded && kind === 'talking-websocket') this.#talk.begin();
    });
    this.done = this.connection.done.then((outcome) => this.#end(outcome));
  }

  isSent(): boolean {
    return this.#upgraded;
  }

  /** One that talks has been heard to be answered, or to get no answers, before it counts. */
  hasHead(): boolean {
    return this.#upgraded && this.#talk.warm;
  }

  over(): boolean {
    return this.#over;
  }

  release(): void {
    // Nothing of it is withheld.
  }

  /** The signal was sent at this time of the recording; from now on the goodbye counts. */
  signalled(at: number): void {
    this.#signalled = true;
    this.#talk.signalled(at);
  }

  #hear(text: string): void {
    this.#talk.hear();
    const { goodbye } = this.options.plan;
    if (!this.#signalled || this.#goodbye || goodbye === null || !matches(goodbye, text)) return;
    this.#goodbye = true;
    this.exchanges.recorder.record({
      type: 'websocket-goodbye',
      exchange: this.exchange,
      text: text.slice(0, 200),
    });
  }

  #end(outcome: WebSocketOutcome): null {
    this.#over = true;
    this.#talk.end();
    const { recorder } = this.exchanges;
    const at = (outcome.closeFrame === null ? null : this.#closeFrameAt) ?? recorder.clock.now();
    if (outcome.status === 101) {
      recorder.record(
        {
          type: 'websocket-closed',
          exchange: this.exchange,
          code: outcome.closeFrame?.code ?? null,
          reason: outcome.closeFrame?.reason ?? '',
          sent: this.#talk.sent,
          received: this.connection.received,
          lost: outcome.ending === 'answered' ? this.#talk.owed : 0,
          tcp: outcome.tcp,
        },
        at,
      );
    }
    endExchange(this.exchanges, this.exchange, { ...outcome, framing: null, announcedClose: null }, null, at);
    return null;
  }
}

function matches(pattern: TextPattern, text: string): boolean {
  return pattern.kind === 'text' ? text.includes(pattern.text) : new RegExp(pattern.source, pattern.flags).test(text);
}
