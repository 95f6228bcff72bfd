import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../scenarios/scenario.js';
import type { ExchangeKind } from '../recording/events.js';
import type { Exchanges } from '../traffic/exchanges.js';
import type { HeldWork } from '../traffic/held-work.js';
import type { HttpOutcome } from '../traffic/http-connection.js';
import type { Origin } from '../plan/origin.js';
import type { KnownWork, RunContext } from './context.js';
import type { CrowdLoad } from './crowd-load.js';
import { GrpcLoad } from './grpc-load.js';
import { holdWork, IdleLoad, ReusedConnection, type Load } from './load.js';
import type { StreamLoad } from './stream-load.js';

/** Where a life is played, and with what. */
export interface Stage {
  scenario: Scenario;
  exchanges: Exchanges;
  origin: Origin;
  work: KnownWork;
  /** The one kind of special work to have in place, in a life that isolates it; null: all that the scenario asks for. */
  alone: ExchangeKind | null;
}

/** A crowd of which nobody has ended for so long, after the target was gone, does not end by itself. Milliseconds. */
const CROWD_PATIENCE_MS = 2000;

interface Parts {
  load: Load;
  idle: IdleLoad | null;
  reused: ReusedConnection | null;
  streams: StreamLoad | null;
  grpc: GrpcLoad | null;
  /** Thousands of connections in a thread of their own. */
  crowd: CrowdLoad | null;
  /** Never ends by itself, so nobody waits for it. */
  stuck: HeldWork[];
  /** How long the reused connection goes on after the held work is done. Milliseconds. */
  restMs: number;
}

/** Everything a scenario has in place around the signal, as one thing that is opened, used and closed. */
export class InPlace {
  readonly #timers: NodeJS.Timeout[] = [];
  #closed = false;

  private constructor(private readonly parts: Parts) {}

  /** Opens all of it. Held work is sent but not proved to be held; kept connections have had their first answer. */
  static async open(context: RunContext, stage: Stage): Promise<InPlace> {
    const { scenario, exchanges, origin, work, alone } = stage;
    const { attemptIntervalMs } = context.plan;
    const path = context.known.survey?.plain?.path ?? '/';
    // What speaks WebSockets is loaded only where they are wanted, and before anything is held.
    const streamLoad = scenario.streams ? await import('./stream-load.js') : null;
    const stuckLoad = scenario.stuck ? await import('./stuck-load.js') : null;
    const isolated = { ...scenario, ...clientsAlone(scenario, alone) };
    const streams = streamLoad === null ? null : new streamLoad.StreamLoad(context, exchanges, origin, work, alone);
    const stuck = stuckLoad?.holdStuckWork(context, exchanges, origin, work, alone) ?? [];
    const idle = isolated.idle === null ? null : await IdleLoad.open(isolated.idle, exchanges, origin, path);
    const reused = scenario.reusedConnection ? new ReusedConnection(exchanges, origin, path, attemptIntervalMs) : null;
    await reused?.ask();
    // What ends by itself comes last: nothing but the signal is waited for from here on.
    const load = holdWork(context, isolated, exchanges, origin, work.upload);
    const crowd = scenario.crowd ? await openCrowd(context, stage, path) : null;
    const grpc = scenario.held === 'none' ? null : GrpcLoad.open(context, scenario, exchanges, origin, work.grpc);
    return new InPlace({ load, idle, reused, streams, grpc, crowd, stuck, restMs: 2 * attemptIntervalMs });
  }

  /** Everything that is to be in flight at the signal. */
  get held(): readonly HeldWork[] {
    return [...this.#ending, ...this.parts.stuck];
  }

  /** What is held and ends by itself. */
  get #ending(): readonly HeldWork[] {
    const { load, streams, grpc } = this.parts;
    return [...load.held, ...(grpc?.held ?? []), ...(streams?.held ?? [])];
  }

  /** @throws DrainCheckError `grpc-failed` for a call that had failed by now */
  assertHeld(): void {
    this.parts.grpc?.assertHeld();
    this.parts.streams?.assertHeld();
  }

  async beforeSignal(abort: AbortSignal): Promise<void> {
    await this.parts.idle?.askBeforeSignal(abort);
  }

  /** Goes on with what comes after the signal, which was sent at `signalAt` and `sinceMs` ago. */
  afterSignal(signalAt: number, sinceMs: number): void {
    const { load, idle, reused, streams, crowd, restMs } = this.parts;
    crowd?.signalled();
    idle?.askAfterSignal();
    reused?.start();
    streams?.signalled(signalAt);
    for (const { work, afterMs } of load.releases) {
      this.#timers.push(setTimeout(() => work.release(), Math.max(0, afterMs - sinceMs)));
    }
    // A persistent client that never rests would be blamed on the target; it leaves when the work is done.
    void this.done().then(() => {
      if (!this.#closed) this.#timers.push(setTimeout(() => reused?.stop(), restMs));
    });
  }

  /** Opens nothing any more: the target is gone. */
  stop(): void {
    this.parts.streams?.stop();
  }

  /** The kinds of one stage that are still open: what holds an exit, apart from work that ends by itself. */
  openKinds(stage: 'streams' | 'idle'): ExchangeKind[] {
    const { idle, streams } = this.parts;
    return stage === 'idle' ? (idle?.openKinds() ?? []) : (streams?.openKinds() ?? []);
  }

  /** These clients leave. */
  leave(stage: 'streams' | 'idle'): void {
    if (stage === 'idle') this.parts.idle?.close();
    else this.parts.streams?.leave();
  }

  /** How the held requests ended, when all that ends by itself has. */
  async done(): Promise<HttpOutcome[]> {
    const outcomes = await Promise.all(this.#ending.map((work) => work.done));
    await this.parts.crowd?.over;
    return outcomes.filter((outcome) => outcome !== null);
  }

  /**
   * Waits for what a crowd has still to read of its ends, and records them. The target is gone: as long as ends go on
   * coming in, it is this machine that is busy.
   */
  async tell(abort: AbortSignal): Promise<void> {
    const { crowd } = this.parts;
    if (crowd === null) return;
    for (let before = -1; crowd.ended > before;) {
      before = crowd.ended;
      await Promise.race([crowd.over, sleep(CROWD_PATIENCE_MS, undefined, { signal: abort, ref: false })]);
    }
    await crowd.tell();
  }

  /** Connections of a crowd that stand. */
  get crowdSize(): number {
    return this.parts.crowd?.standing ?? 0;
  }

  /** Ends whatever is still open; what ends now was ended by us. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { idle, reused, streams, grpc, crowd } = this.parts;
    crowd?.close();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const work of this.held) work.connection.abandon();
    streams?.close();
    grpc?.close();
    idle?.close();
    reused?.stop();
  }
}

/** What opens thousands of connections is loaded only where they are wanted. */
async function openCrowd(context: RunContext, { exchanges, origin, work, scenario }: Stage, path: string) {
  const { plan } = context;
  if (plan.load === null) return null;
  const [{ CrowdLoad }, { crowdGroups }] = await Promise.all([import('./crowd-load.js'), import('./crowd-groups.js')]);
  const groups = crowdGroups(plan, plan.load, origin, work, path);
  return CrowdLoad.open(
    {
      recorder: exchanges.recorder,
      numbering: exchanges.numbering,
      origin,
      groups,
      path,
      silence: plan.slow.length === 0 ? 'held-upload' : null,
      onProgress: (phase, inFlight) => context.onProgress({ scenario: scenario.id, phase, inFlight }),
    },
    context.abort,
  );
}

/** The idle scenario with one of its kinds alone: the held work stays, since it sets the length of the death. */
function clientsAlone({ idle }: Scenario, alone: ExchangeKind | null): Partial<Pick<Scenario, 'idle' | 'clients'>> {
  if (alone === null || idle === null) return {};
  if (alone === 'idle-connection') return { clients: 'close', idle: { ...idle, silent: 0 } };
  if (alone === 'silent-connection') return { clients: 'close', idle: { ...idle, unused: 0, askAgainAtMs: [] } };
  return { idle: null };
}
