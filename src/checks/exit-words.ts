import type { LifeFacts } from '../recording/facts/life.js';

/** `exit code 0`, or `ended by SIGTERM`. */
export function describeExit({ exit }: LifeFacts): string {
  if (exit === null) return 'no exit seen';
  return exit.signal === null ? `exit code ${exit.code ?? 'unknown'}` : `ended by ${exit.signal}`;
}
