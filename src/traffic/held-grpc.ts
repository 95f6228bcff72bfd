import { DrainCheckError } from '../errors.js';
import type { GrpcCall } from '../plan/types.js';
import type { ExchangeKind } from '../recording/events.js';
import { endExchange, openExchange, type Exchanges } from './exchanges.js';
import type { GrpcConnection, GrpcOutcome } from './grpc.js';
import type { HeldWork } from './held-work.js';

/** How long after the connection stood a call has surely been written to it. Milliseconds. */
const WRITTEN_MS = 50;
const CONNECT_TIMEOUT_MS = 5000;

/** A gRPC call that is in flight when the signal comes. */
export interface HeldGrpc extends HeldWork {
  /** What became of it, once it is over. */
  outcome: () => GrpcOutcome | null;
}

/** @param connection shared by the calls that are to be multiplexed, whose exchanges have its number */
export function holdGrpc(
  exchanges: Exchanges,
  connection: GrpcConnection,
  number: number,
  call: GrpcCall,
  kind: ExchangeKind,
): HeldGrpc {
  const { exchange } = openExchange(exchanges, kind, { method: 'gRPC', path: `/${call.method}` }, number);
  const { clock } = exchanges.recorder;
  let sent = false;
  let headAt: number | null = null;
  let over: GrpcOutcome | null = null;
  const { done, cancel } = connection.call(call, () => (headAt = clock.now()));
  void connection.ready(CONNECT_TIMEOUT_MS).then((stands) => {
    if (!stands) return;
    exchanges.recorder.record({ type: 'exchange-connected', exchange });
    setTimeout(() => (sent = true), WRITTEN_MS).unref();
  });
  return {
    exchange,
    // The library does not tell its own port: every connection to the target is looked at.
    connection: { socket: { localPort: 0 }, abandon: cancel },
    upload: false,
    headProof: 'first-byte',
    isSent: () => sent,
    hasHead: () => headAt !== null,
    over: () => over !== null,
    release: () => undefined,
    outcome: () => over,
    done: done.then((outcome) => {
      over = outcome;
      const { ending, status, messages, detail } = outcome;
      const seen = { ending, status, bytes: messages, framing: null, announcedClose: null, socketEnd: null, detail };
      endExchange(exchanges, exchange, seen, headAt);
      return null;
    }),
  };
}

/**
 * Makes sure that no call has failed before the signal.
 * @throws DrainCheckError `grpc-failed` when one had ended with anything but OK
 */
export function assertCalled(calls: readonly HeldGrpc[]): void {
  const failed = calls.map((work) => work.outcome()).find((outcome) => outcome !== null && outcome.status !== 200);
  if (failed === undefined || failed === null) return;
  throw new DrainCheckError(
    'grpc-failed',
    `The gRPC call failed before the signal: ${failed.detail}.`,
    'Check the method’s name and its request; metadata is given with --header.',
  );
}
