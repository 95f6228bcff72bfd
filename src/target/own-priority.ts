import { setPriority } from 'node:os';

/** As far ahead of others as a process may be. */
const FIRST = -20;

/**
 * Puts the calling thread ahead of everything else on the machine, where that is allowed: one that only looks and sleeps must
 * not wait until the others have done their work. On Linux a priority is a thread's own; elsewhere nothing is changed.
 * @see setpriority(2), "C library/kernel differences"
 */
export function comeFirst(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(0, FIRST);
  } catch {
    // Only a privileged process may. It will look a little later on a busy machine, and say so.
  }
}
