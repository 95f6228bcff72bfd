import type { HealthCheckManifest } from '../plan/manifest.js';
import type { Field } from './field.js';

/**
 * Health checks that balancers make themselves, with the defaults of those who set them up.
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/
 * @see https://github.com/kubernetes/ingress-gce/issues/771 for what is taken from a readiness probe, and what is not
 */
const ALB = { intervalS: 15, timeoutS: 5, threshold: 2 };
const NLB = { intervalS: 10, timeoutS: 10, threshold: 3 };
/** A Google balancer asks what the readiness probe asks, as often, and gives up after as many failures. */
const NEG_THRESHOLD = 2;

/** That of an AWS ALB, from the annotations of its Ingress. */
export function albHealthCheck(annotations: Field): HealthCheckManifest {
  const of = (name: string) => annotations.get(`alb.ingress.kubernetes.io/${name}`);
  const interval = of('healthcheck-interval-seconds');
  return {
    asks: { kind: 'http', path: of('healthcheck-path').text ?? '/' },
    intervalMs: seconds(interval, ALB.intervalS),
    timeoutMs: seconds(of('healthcheck-timeout-seconds'), ALB.timeoutS),
    threshold: whole(of('unhealthy-threshold-count')) ?? ALB.threshold,
    at: interval.at,
  };
}

/** That of an AWS NLB, from the annotations of its Service. */
export function nlbHealthCheck(annotations: Field): HealthCheckManifest {
  const of = (name: string) => annotations.get(`service.beta.kubernetes.io/aws-load-balancer-healthcheck-${name}`);
  const interval = of('interval');
  const asksHttp = /^https?$/i.test(of('protocol').text ?? 'tcp');
  return {
    asks: asksHttp ? { kind: 'http', path: of('path').text ?? '/' } : { kind: 'tcp' },
    intervalMs: seconds(interval, NLB.intervalS),
    timeoutMs: seconds(of('timeout'), NLB.timeoutS),
    threshold: whole(of('unhealthy-threshold')) ?? NLB.threshold,
    at: interval.at,
  };
}

/** That of a Google balancer in front of pods. */
export function negHealthCheck(at: HealthCheckManifest['at']): HealthCheckManifest {
  return { asks: { kind: 'readiness' }, intervalMs: null, timeoutMs: null, threshold: NEG_THRESHOLD, at };
}

function seconds(field: Field, absent: number): number {
  return (whole(field) ?? absent) * 1000;
}

/** Annotations are text, and numbers in them have to be in quotation marks. */
function whole(field: Field): number | null {
  return field.whole ?? (/^\d{1,6}$/.test(field.text ?? '') ? Number(field.text) : null);
}
