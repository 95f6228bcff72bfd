import { setTimeout as sleep } from 'node:timers/promises';
import type { LifeRecorder } from '../recording/recorder.js';
import { connectionTable, isRead } from '../target/connection-table.js';
import { openConnection } from '../traffic/connection.js';
import { HeldBody } from '../traffic/held-body.js';
import type { HttpOutcome } from '../traffic/http-connection.js';
import { uploadCandidates, uploadRequest, type UploadRequest } from '../traffic/upload.js';
import type { Origin } from '../plan/origin.js';
import type { RunContext } from './context.js';

/** Shortest and longest time for which silence is required. See docs/architecture.md for the reason. */
const LEAST_SILENCE_MS = 60;
const MOST_SILENCE_MS = 2000;
const ANSWER_TIMEOUT_MS = 5000;
const READ_TIMEOUT_MS = 1000;
const READ_POLL_MS = 5;

interface Calibration {
  held: boolean;
  status: number | null;
  answeredAfterMs: number | null;
  reason: string | null;
}

/**
 * Finds an upload that the target waits for: it answers the whole request, keeps silent while the last byte is
 * withheld, and gives the same answer once it comes. Says `Connection: close`, since Go delays any answer on
 * keep-alive until the body ends, although the handler is done.
 */
export async function calibrateUpload(
  context: RunContext,
  origin: Origin,
  recorder: LifeRecorder,
): Promise<{ upload: UploadRequest } | null> {
  for (const upload of uploadCandidates(context.plan.slow)) {
    const calibration = await calibrate(origin, upload);
    const { method, path } = upload;
    recorder.record({ type: 'upload-calibrated', method, path, ...calibration });
    if (calibration.held) return { upload };
  }
  return null;
}

async function calibrate(origin: Origin, upload: UploadRequest): Promise<Calibration> {
  const startedAt = performance.now();
  const whole = await send(origin, upload, null).outcome;
  const answeredAfterMs = Math.round((performance.now() - startedAt) * 1000) / 1000;
  const seen = { status: whole.status, answeredAfterMs };
  if (whole.status === null)
    return { ...seen, held: false, reason: `the whole request got no answer (${whole.ending})` };
  if (whole.status >= 500) return { ...seen, held: false, reason: `the whole request is answered ${whole.status}` };

  const body = new HeldBody(Buffer.from(upload.body));
  const held = send(origin, upload, body);
  await Promise.race([
    held.outcome,
    sleep(Math.min(MOST_SILENCE_MS, Math.max(3 * answeredAfterMs, LEAST_SILENCE_MS)), undefined, { ref: false }),
  ]);
  if (held.isOver())
    return { ...seen, held: false, reason: `it answers without waiting for the body (${whole.status})` };
  if (!(await isReadInTime(origin, held))) {
    held.connection.abandon();
    return { ...seen, held: false, reason: 'it has not read the request' };
  }
  body.release();
  const { status } = await held.outcome;
  if (status === whole.status) return { ...seen, held: true, reason: null };
  return {
    ...seen,
    held: false,
    reason: `a slow body is answered ${status ?? 'not at all'}, a whole one ${whole.status}`,
  };
}

function send(origin: Origin, upload: UploadRequest, body: HeldBody | null) {
  const connection = openConnection(origin);
  let over = false;
  const outcome: Promise<HttpOutcome> = connection
    .request(uploadRequest(upload, body), () => (over = true), ANSWER_TIMEOUT_MS)
    .then((result) => {
      over = true;
      connection.close();
      return result;
    });
  return { connection, outcome, isOver: () => over };
}

/** A target that has not read it on a busy machine is given a moment more; nobody else is to blame for that. */
async function isReadInTime(origin: Origin, { connection, isOver }: ReturnType<typeof send>): Promise<boolean> {
  for (const deadline = performance.now() + READ_TIMEOUT_MS; ;) {
    const table = await connectionTable(origin);
    // Where the kernel does not tell, silence is all the evidence there is.
    if (table === null || isRead(table.get(connection.socket.localPort))) return true;
    if (isOver() || performance.now() > deadline) return false;
    await sleep(READ_POLL_MS, undefined, { ref: false });
  }
}
