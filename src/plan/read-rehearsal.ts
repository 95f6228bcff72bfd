import type { ManifestPlan } from './manifest.js';
import type { Reader } from './reader.js';
import type { RehearsalPlan } from './types.js';
import * as values from './values.js';

/** The kubelet that is played when nobody says which. */
const USUAL_MINOR = 32;
const OPTIONS = ['kubelet-lag', 'kubelet', 'rate', 'time-scale'] as const;

/** How the end of a pod is to be rehearsed; null without a pod, and what is given for one is refused then. */
export function readRehearsal(reader: Reader, manifest: ManifestPlan | null): RehearsalPlan | null {
  const rehearsal = {
    kubeletLagMs: reader.one('kubelet-lag', values.duration, 0),
    kubeletMinor: reader.one('kubelet', values.kubernetesMinor, manifest?.kubeMinor ?? USUAL_MINOR),
    ratePerSecond: reader.one('rate', (text) => values.wholeNumber(text, 1, 500), 50),
    timeScale: reader.one('time-scale', values.timeScale, 1),
  };
  if (manifest !== null && manifest.pod !== null) return rehearsal;
  for (const name of OPTIONS)
    if (reader.has(name))
      reader.complain(name, reader.text(name) ?? '', 'is about a pod; give its manifest with --manifest <file>');
  return null;
}
