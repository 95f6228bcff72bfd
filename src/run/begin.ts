import { forLife, type LifeRecorder } from '../recording/recorder.js';
import type { EventOf, ExchangeKind } from '../recording/events.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { RunningTarget } from '../target/target.js';
import type { UrlTarget } from '../plan/types.js';
import { isThisMachine, type Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';
import { LifeBackends } from './life-backends.js';
import { spokenTo } from './spoken-to.js';

/** A target that was started a moment ago. Whoever holds it destroys it. */
export interface BegunLife {
  recorder: LifeRecorder;
  running: RunningTarget;
  backends: LifeBackends;
  /** Time of the recording at which it was started. */
  startedAt: number;
}

export interface LifeToBegin {
  scenario: Scenario;
  purpose: EventOf<'life-started'>['purpose'];
  life: number;
  alone?: ExchangeKind | null;
}

/** Starts the target. Everything that speaks to it is loaded after that, while it is starting. */
export async function beginLife(
  context: RunContext,
  { scenario, purpose, life, alone = null }: LifeToBegin,
): Promise<BegunLife> {
  context.abort.throwIfAborted();
  const recorder = forLife(context.recorder, life);
  context.onProgress({ scenario: scenario.id, phase: 'starting', inFlight: 0 });
  recorder.record({ type: 'life-started', scenario: scenario.id, purpose, alone });
  const startedAt = recorder.clock.now();
  const backends = await LifeBackends.open(context, recorder);
  try {
    const { pidNamespace } = scenario;
    const running = await context.target.start(recorder, { pidNamespace, ...backends.startOptions() });
    return { recorder, running, backends, startedAt };
  } catch (error) {
    await backends.close();
    throw error;
  }
}

/** Ends a target and then what stood behind it, so that nothing of its end is missed. */
export async function endLife({ running, backends }: BegunLife): Promise<void> {
  await running.destroy();
  await backends.close();
}

/** Waits until the target listens and is ready; tells where. */
export async function bringUp(context: RunContext, { recorder, running, startedAt }: BegunLife): Promise<Origin> {
  const [{ findListener }, { becomeReady }, { allowConnections }] = await Promise.all([
    import('./listener.js'),
    import('./readiness.js'),
    import('../traffic/watched-socket.js'),
  ]);
  const { target } = context.plan;
  // What is known by its URL has nothing to be looked for.
  const origin =
    target.kind === 'url' ? spokenTo(context, urlOrigin(target)) : await findListener(context, running, recorder);
  context.known.origin = origin;
  allowConnections(origin);
  context.known.takesPort = origin.socketPath === undefined && origin.port === running.port && context.target.restarts;
  const lookedAroundMs = await becomeReady(context, running, origin, recorder);
  const readyAfterMs = recorder.clock.now() - startedAt - lookedAroundMs;
  context.known.readyAfterMs = Math.min(context.known.readyAfterMs ?? Infinity, readyAfterMs);
  return origin;
}

function urlOrigin({ host, port }: UrlTarget): Origin {
  return isThisMachine(host) ? { host, port } : { host, port, remote: true };
}
