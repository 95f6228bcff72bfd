import { setTimeout as sleep } from 'node:timers/promises';
import type { LifeRecorder } from '../recording/recorder.js';
import type { RunningTarget } from '../target/target.js';
import type { InPlace } from './in-place.js';

/** How long a target is given to end when clients of ours have left. Milliseconds. */
const WATCH_MS = 1000;

/**
 * The grace period of a target with one life is over, and everything was in place at once: our clients leave, the idle
 * ones last, so that it shows whether the exit was held by those. What ends once streams have left, with idle
 * connections open, was not held by idle ones; what ends only when they have left as well, was.
 */
export async function letClientsGo(inPlace: InPlace, running: RunningTarget, recorder: LifeRecorder): Promise<void> {
  for (const stage of ['streams', 'idle'] as const) {
    if (running.hasExited()) return;
    const kinds = inPlace.openKinds(stage);
    if (kinds.length === 0) continue;
    // The time before they leave: their ends are no end of the target's doing.
    const at = recorder.clock.now();
    inPlace.leave(stage);
    await Promise.race([running.exited, sleep(WATCH_MS)]);
    recorder.record({ type: 'clients-left', kinds, gone: running.hasExited() }, at);
  }
}
