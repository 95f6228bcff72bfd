import type { ProbeManifest } from '../../plan/manifest.js';
import type { ReadContainer } from '../containers.js';
import type { Editor } from './editor.js';
import type { Change } from './workload.js';

/** What a rehearsal says of the container that it played. */
export interface Measured {
  container: string;
  preStopSeconds: number;
  graceSeconds: number;
  /** A liveness endpoint that was found beside those in the manifest; null: none was. */
  livenessPath: string | null;
}

/** Gives liveness an endpoint of its own, where one was found. */
export function fixLiveness({ manifest, field }: ReadContainer, { livenessPath }: Measured, editor: Editor): Change[] {
  const { readiness, liveness } = manifest.probes;
  if (readiness === null || liveness === null || livenessPath === null) return [];
  const path = pathOf(liveness);
  if (path === null || path !== pathOf(readiness) || path === livenessPath) return [];
  const done = editor.set(field.get('livenessProbe', 'httpGet', 'path'), livenessPath);
  return [{ at: liveness.at, text: `${manifest.name}: liveness asks ${livenessPath}`, done }];
}

function pathOf({ probe }: ProbeManifest): string | null {
  return probe.ask.kind === 'http' ? probe.ask.request.path : null;
}
