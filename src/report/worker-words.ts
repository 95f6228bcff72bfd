import type { TargetReport } from './types.js';

const SEEN = { log: 'in its output', redis: 'in Redis', sql: 'in PostgreSQL' } as const;

/** What is known of a queue worker, in place of its endpoints. */
export function workerWords({ readyBy, jobsBy }: NonNullable<TargetReport['worker']>): string {
  const ready = readyBy === null ? '' : `, ready by ${readyBy === 'job' ? 'its first job' : readyBy}`;
  return `queue worker${ready}${jobsBy === null ? ', its jobs not seen' : `, jobs seen ${SEEN[jobsBy]}`}`;
}
