/** Milliseconds since the recording began, to the microsecond. */
export interface Clock {
  now: () => number;
  /** `process.hrtime` at the beginning, in nanoseconds: hand it to a thread to have the same clock there. */
  originNs: bigint;
}

/** The monotonic clock all threads share. Without an origin it begins now. */
export function createClock(originNs: bigint = process.hrtime.bigint()): Clock {
  return { originNs, now: () => Number((process.hrtime.bigint() - originNs) / 1000n) / 1000 };
}
