import { DrainCheckError } from '../errors.js';
import { formatDuration } from '../plan/durations.js';
import { originUrl, type Origin } from '../plan/origin.js';
import { redactText } from '../plan/redact.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { RunningTarget } from '../target/target.js';
import { pauseWhileAlive } from './alive.js';
import type { RunContext } from './context.js';
import { spokenTo } from './spoken-to.js';

const POLL_MS = 5;

/**
 * Waits until the target listens on a Unix socket, which is its own when one of its processes holds it.
 * @throws DrainCheckError `target-died`, `target-not-ready` or `port-taken`
 */
export async function findUnixListener(
  context: RunContext,
  running: RunningTarget,
  socketPath: string,
  recorder: LifeRecorder,
): Promise<Origin> {
  const { startTimeoutMs } = context.plan;
  const deadline = performance.now() + startTimeoutMs;
  for (;;) {
    const found = await running.unixListeners(socketPath);
    if (found !== null && found.listeners.length > 0) {
      const origin = spokenTo(context, { host: 'localhost', port: 0, socketPath });
      recorder.record({ type: 'listener-found', listeners: found.listeners, port: 0, origin: originUrl(origin) });
      return origin;
    }
    if (found !== null && found.strangers.length > 0) {
      const who = found.strangers.map((process) => `pid ${process.pid} (${process.command})`).join(', ');
      throw new DrainCheckError(
        'port-taken',
        `The socket ${socketPath} is held by ${who}, which the target did not start.`,
        'Stop that process or let the target use another path.',
      );
    }
    if (performance.now() > deadline)
      throw new DrainCheckError(
        'target-not-ready',
        `The target did not listen on the socket ${socketPath} within ${formatDuration(startTimeoutMs)}.`,
        'Check the path, which is relative to the directory the target is started in, and raise --start-timeout if it is slow to start.',
        { output: redactText(running.lastOutput()) },
      );
    await pauseWhileAlive(running, POLL_MS, context.abort, 'before it listened on its socket');
  }
}
