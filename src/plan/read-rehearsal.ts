import type { PodPlan } from './pod.js';
import type { Reader } from './reader.js';
import type { RehearsalPlan } from './types.js';
import * as values from './values.js';

const OPTIONS = ['kubelet-lag', 'kubelet', 'rate', 'time-scale'] as const;

/** How the end of a pod is to be rehearsed; null without a pod, and what is given for one is refused then. */
export function readRehearsal(reader: Reader, pod: PodPlan | null): RehearsalPlan | null {
  const rehearsal = {
    kubeletLagMs: reader.one('kubelet-lag', values.duration, 0),
    kubeletMinor: reader.one('kubelet', values.kubernetesMinor, 32),
    ratePerSecond: reader.one('rate', (text) => values.wholeNumber(text, 1, 500), 50),
    timeScale: reader.one('time-scale', values.timeScale, 1),
  };
  if (pod !== null) return { pod, ...rehearsal };
  for (const name of OPTIONS)
    if (reader.has(name))
      reader.complain(name, reader.text(name) ?? '', 'is about a pod; give its manifest with --manifest <file>');
  return null;
}
