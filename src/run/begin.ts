import { forLife, type LifeRecorder } from '../recording/recorder.js';
import type { ExchangeKind } from '../recording/events.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { RunningTarget } from '../target/target.js';
import type { Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';

/** A target that was started a moment ago. Whoever holds it destroys it. */
export interface BegunLife {
  recorder: LifeRecorder;
  running: RunningTarget;
  /** Time of the recording at which it was started. */
  startedAt: number;
}

export interface LifeToBegin {
  scenario: Scenario;
  purpose: 'scenario' | 'baseline' | 'isolation';
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
  const running = await context.target.start(recorder, { pidNamespace: scenario.pidNamespace });
  return { recorder, running, startedAt };
}

/** Waits until the target listens and is ready; tells where. */
export async function bringUp(context: RunContext, { recorder, running, startedAt }: BegunLife): Promise<Origin> {
  const [{ findListener }, { becomeReady }] = await Promise.all([import('./listener.js'), import('./readiness.js')]);
  const origin = await findListener(context, running, recorder);
  context.known.origin = origin;
  context.known.takesPort = origin.socketPath === undefined && origin.port === running.port;
  const lookedAroundMs = await becomeReady(context, running, origin, recorder);
  const readyAfterMs = recorder.clock.now() - startedAt - lookedAroundMs;
  context.known.readyAfterMs = Math.min(context.known.readyAfterMs ?? Infinity, readyAfterMs);
  return origin;
}
