import type { ProbeRole } from '../recording/events.js';

export interface Candidate {
  path: string;
  /** What the name says; null when it could be either. */
  role: ProbeRole | null;
}

const candidate =
  (role: ProbeRole | null) =>
  (path: string): Candidate => ({ path, role });

/**
 * Names of probe endpoints, the most telling first. Taken from public manifests, where /ready, /healthz,
 * /health/ready, /readyz and /actuator/health/readiness make up most of what is written.
 */
export const CANDIDATES: readonly Candidate[] = [
  ...[
    '/ready',
    '/readyz',
    '/health/ready',
    '/healthz/ready',
    '/readiness',
    '/health/readiness',
    '/actuator/health/readiness',
    '/-/ready',
    '/api/ready',
    '/api/health/ready',
    '/_ready',
  ].map(candidate('readiness')),
  ...[
    '/live',
    '/livez',
    '/health/live',
    '/healthz/live',
    '/liveness',
    '/health/liveness',
    '/actuator/health/liveness',
    '/alive',
    '/api/live',
    '/api/health/live',
    '/_live',
  ].map(candidate('liveness')),
  ...[
    '/healthz',
    '/health',
    '/api/health',
    '/actuator/health',
    '/-/healthy',
    '/status',
    '/ping',
    '/up',
    '/_health',
  ].map(candidate(null)),
];
