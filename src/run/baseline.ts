import type { SlowRequest } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import { openConnection } from '../traffic/connection.js';
import type { HttpOutcome } from '../traffic/http-connection.js';
import { slowHttpRequest } from '../traffic/upload.js';
import type { Origin } from '../plan/origin.js';
import { untilAborted } from './aborted.js';
import { BLIND_WAIT_MS } from './arming.js';
import { bringUp, endLife, type BegunLife } from './begin.js';
import type { RunContext } from './context.js';

/**
 * Whether an answer can only be judged beside the same answer in peace: a server error may be its normal answer,
 * and a body that the connection's end delimits may be cut or whole.
 */
export function needsBaseline(outcomes: readonly HttpOutcome[]): boolean {
  return outcomes.some((outcome) => (outcome.status ?? 0) >= 500 || outcome.framing === 'close');
}

/** A life in which nothing is signalled: what the slow endpoints answer in peace. */
export async function playBaseline(context: RunContext, begun: BegunLife): Promise<void> {
  const { recorder } = begun;
  try {
    const origin = await bringUp(context, begun);
    context.onProgress({ scenario: 'drain', phase: 'measuring a baseline', inFlight: context.plan.slow.length });
    const measured = context.plan.slow.map((slow) => measure(context, origin, slow, recorder));
    await untilAborted(Promise.all(measured), context.abort);
  } finally {
    await endLife(begun);
    recorder.record({ type: 'life-ended', complete: true });
  }
}

async function measure(
  context: RunContext,
  origin: Origin,
  slow: SlowRequest,
  recorder: LifeRecorder,
): Promise<number> {
  const startedAt = recorder.clock.now();
  const connection = openConnection(origin);
  const { status, bytes, framing } = await connection.request(
    slowHttpRequest(slow, true),
    undefined,
    context.plan.startTimeoutMs,
  );
  connection.abandon();
  const afterMs = recorder.clock.now() - startedAt;
  recorder.record({ type: 'baseline-measured', method: slow.method, path: slow.path, status, bytes, framing, afterMs });
  return afterMs;
}

/**
 * Where the kernel does not tell what the target has read, a slow endpoint is measured first: if it is much slower
 * than the blind wait of arming, silence after that wait means that it is at work.
 */
export async function slowIsCalibrated(context: RunContext, origin: Origin, recorder: LifeRecorder): Promise<boolean> {
  const times = await Promise.all(context.plan.slow.map((slow) => measure(context, origin, slow, recorder)));
  return times.length > 0 && times.every((ms) => ms > 3 * BLIND_WAIT_MS);
}
