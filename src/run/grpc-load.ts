import type { Scenario } from '../scenarios/scenario.js';
import type { Exchanges } from '../traffic/exchanges.js';
import type { GrpcCaller, GrpcConnection } from '../traffic/grpc.js';
import { assertCalled, holdGrpc, type HeldGrpc } from '../traffic/held-grpc.js';
import type { Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';

/** Unary gRPC calls that are in flight at the signal, those of one method multiplexed on one connection. */
export class GrpcLoad {
  readonly held: HeldGrpc[] = [];
  readonly #connections: GrpcConnection[] = [];

  /** Null when there is nothing to call. */
  static open(
    context: RunContext,
    scenario: Scenario,
    exchanges: Exchanges,
    origin: Origin,
    caller: GrpcCaller | null,
  ): GrpcLoad | null {
    if (caller === null) return null;
    const load = new GrpcLoad();
    const count = scenario.held === 'all' ? context.plan.requests : 1;
    for (const call of context.plan.grpc.filter((one) => !caller.streams(one))) {
      const connection = caller.open(origin);
      load.#connections.push(connection);
      const number = context.numbering.next();
      for (let i = 0; i < count; i++) load.held.push(holdGrpc(exchanges, connection, number, call, 'grpc-call'));
    }
    return load;
  }

  /** @throws DrainCheckError `grpc-failed` for a call that had failed by now */
  assertHeld(): void {
    assertCalled(this.held);
  }

  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}
