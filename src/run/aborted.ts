/**
 * Waits for something that cannot be aborted itself, but no longer than until the run is. What it was doing ends with the
 * target.
 */
export async function untilAborted<T>(work: Promise<T>, abort: AbortSignal): Promise<T> {
  abort.throwIfAborted();
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(abort.reason instanceof Error ? abort.reason : new Error('aborted'));
    abort.addEventListener('abort', stop, { once: true });
  });
  // Whoever loses the race may still fail, and nobody will be listening.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    abort.removeEventListener('abort', stop);
  }
}
