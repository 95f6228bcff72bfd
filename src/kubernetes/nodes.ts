import type { Position } from '../plan/manifest.js';
import type { Field } from './field.js';

const SPOT = /^cloud\.google\.com\/gke-(spot|preemptible)$/;

/** Where a pod asks for GKE Spot nodes, which are gone 15 s after they were told; null where it does not. */
export function spotSelector(podSpec: Field): Position | null {
  const selector = podSpec.get('nodeSelector').entries.find(([key, value]) => SPOT.test(key) && value.flag);
  if (selector !== undefined) return selector[1].at;
  const terms = podSpec.get(
    'affinity',
    'nodeAffinity',
    'requiredDuringSchedulingIgnoredDuringExecution',
    'nodeSelectorTerms',
  );
  const expression = terms.items
    .flatMap((term) => term.get('matchExpressions').items)
    .find((one) => SPOT.test(one.get('key').text ?? '') && /^(In|Exists)$/.test(one.get('operator').text ?? ''));
  return expression?.at ?? null;
}

/** Where a pod asks for an Istio sidecar; null where it does not. */
export function istioInjection(template: Field): Position | null {
  for (const where of ['labels', 'annotations']) {
    const field = template.get('metadata', where, 'sidecar.istio.io/inject');
    if (field.flag) return field.at;
  }
  return null;
}
