import { forLife, type LifeRecorder } from '../recording/recorder.js';
import type { ExchangeKind } from '../recording/events.js';
import type { ScenarioId } from '../plan/types.js';
import type { RunningTarget } from '../target/target.js';
import type { Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';

/** A target that was started a moment ago. Whoever holds it destroys it. */
export interface BegunLife {
  recorder: LifeRecorder;
  running: RunningTarget;
}

/** Starts the target. Everything that speaks to it is loaded after that, while it is starting. */
export async function beginLife(
  context: RunContext,
  scenario: ScenarioId,
  purpose: 'scenario' | 'baseline' | 'isolation',
  life: number,
  alone: ExchangeKind | null = null,
): Promise<BegunLife> {
  context.abort.throwIfAborted();
  const recorder = forLife(context.recorder, life);
  context.onProgress({ scenario, phase: 'starting', inFlight: 0 });
  recorder.record({ type: 'life-started', scenario, purpose, alone });
  return { recorder, running: await context.target.start(recorder) };
}

/** Waits until the target listens and is ready; tells where. */
export async function bringUp(context: RunContext, recorder: LifeRecorder, running: RunningTarget): Promise<Origin> {
  const [{ findListener }, { becomeReady }] = await Promise.all([import('./listener.js'), import('./readiness.js')]);
  const origin = await findListener(context, running, recorder);
  context.known.origin = origin;
  await becomeReady(context, running, origin, recorder);
  return origin;
}
