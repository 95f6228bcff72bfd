import type { LifeFacts } from '../recording/facts/life.js';

/** `exit code 0`, or `ended by SIGTERM`. */
export function describeExit({ exit }: LifeFacts): string {
  if (exit === null) return 'no exit seen';
  if (exit.code === null && exit.signal === null) return 'gone';
  return exit.signal === null ? `exit code ${exit.code ?? 0}` : `ended by ${exit.signal}`;
}
