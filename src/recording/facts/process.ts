/**
 * An answer is an orphan's when it came this long after the signalled process was gone: answers and the time of
 * death are stamped by different threads. Milliseconds.
 */
export const OUTLIVED_NOTICE_MS = 50;
