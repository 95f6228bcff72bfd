import type { Position } from '../../plan/manifest.js';
import { preStopFor, slowestRoutes } from '../../plan/routes.js';
import type { ReadContainer } from '../containers.js';
import { podOf, type ReadWorkload } from '../workloads.js';
import type { Editor, Written } from './editor.js';
import { fixLiveness, type Measured } from './liveness.js';
import { fixRollout } from './rollout.js';
import { fixServer } from './server.js';

/** What is to be changed, and whether that could be done. */
export interface Change {
  at: Position;
  text: string;
  done: boolean;
}

/** What the numbers rest on beside the manifest itself. */
export interface Basis {
  /** null: nothing was rehearsed. */
  measured: Measured | null;
  routingLagMs: number;
  kubeMinor: number | null;
}

/** A grace period for those that have none, as the API has it. Seconds. */
const USUAL_GRACE = 30;
/** What the kubelet leaves to a container after its hook at the least. Seconds. */
const FLOOR = 2;

/** Changes one workload as its rules ask for it. */
export function fixWorkload(workload: ReadWorkload, editor: Editor, basis: Basis): Change[] {
  const changes: Change[] = [];
  const rehearsed = basis.measured;
  let added = 0;
  let longest = 0;
  for (const container of workload.containers) {
    const before = Math.ceil((container.manifest.preStop?.takesMs ?? 0) / 1000);
    const wanted = wantedPreStop(workload, container, basis);
    if (wanted > before || (wanted > 0 && container.manifest.preStop === null)) {
      const change = writePreStop(container, wanted, editor, basis);
      changes.push(change);
      longest = Math.max(longest, change.done ? wanted : before);
      added = Math.max(added, change.done ? wanted - before : 0);
    } else longest = Math.max(longest, before);
  }
  const { value } = workload.manifest.graceSeconds;
  const grace = Math.max(value, rehearsed?.graceSeconds ?? withoutMeasuring(value, added, longest));
  if (grace > value) changes.push(writeGrace(workload, grace, editor));
  changes.push(...fixRollout(workload, editor));
  for (const container of workload.containers) {
    const preStop = container.manifest.preStop?.takesMs === null ? 0 : longest;
    changes.push(...fixServer(container, grace - preStop - FLOOR, editor));
    if (rehearsed?.container === container.manifest.name) changes.push(...fixLiveness(container, rehearsed, editor));
  }
  return changes;
}

/** The drain is left as long as it was: what the delay adds is added, and what it has used up is given back. Seconds. */
function withoutMeasuring(grace: number, added: number, preStop: number): number {
  if (grace === 0 || preStop >= grace - FLOOR) return preStop + Math.max(grace, USUAL_GRACE);
  return grace + added;
}

/** The delay that a container should have; what it has already where that is in order. Seconds. */
function wantedPreStop(workload: ReadWorkload, { manifest }: ReadContainer, basis: Basis): number {
  const { servedBy, preStop, name } = manifest;
  const present = preStop?.takesMs ?? 0;
  // A hook whose length nobody knows is somebody's own idea of what has to be done.
  if (servedBy === null || (preStop !== null && preStop.takesMs === null)) return 0;
  if (basis.measured?.container === name) return basis.measured.preStopSeconds;
  const [slowest] = slowestRoutes([workload.manifest]);
  const lagMs = slowest?.lagMs ?? 0;
  if (preStop !== null && present >= lagMs) return Math.ceil(present / 1000);
  return preStopFor(Math.max(lagMs, basis.routingLagMs), 0);
}

function writePreStop(
  { manifest, field }: ReadContainer,
  seconds: number,
  editor: Editor,
  { kubeMinor }: Basis,
): Change {
  const lifecycle = field.get('lifecycle');
  const hook = lifecycle.get('preStop');
  const text = `${manifest.name}: a preStop delay of ${seconds} s`;
  if (manifest.preStop !== null) {
    const words = hook.get('exec', 'command').items;
    const done = hook.get('sleep').isMap
      ? editor.set(hook.get('sleep', 'seconds'), seconds)
      : words.some((word) => editor.setWithin(word, /(?<=\bsleep\s+)\d+(?:\.\d+)?[smh]?\b/g, String(seconds))) ||
        (/(^|\/)sleep$/.test(words[0]?.text ?? '') &&
          words.length === 2 &&
          words[1] !== undefined &&
          editor.set(words[1], String(seconds)));
    return { at: manifest.preStop.at, text, done };
  }
  const hooked: Written =
    kubeMinor !== null && kubeMinor < 30 ? { exec: { command: ['sleep', String(seconds)] } } : { sleep: { seconds } };
  const done = lifecycle.isMap
    ? editor.add(lifecycle, 'preStop', hooked)
    : lifecycle.isNull && lifecycle.keySpan === null && editor.add(field, 'lifecycle', { preStop: hooked });
  return { at: manifest.at, text, done };
}

function writeGrace({ manifest, field }: ReadWorkload, seconds: number, editor: Editor): Change {
  const { podSpec } = podOf(manifest.kind, field);
  const { given, at } = manifest.graceSeconds;
  const done = given
    ? editor.set(podSpec.get('terminationGracePeriodSeconds'), seconds)
    : editor.add(podSpec, 'terminationGracePeriodSeconds', seconds, 'containers');
  return { at, text: `${manifest.name}: terminationGracePeriodSeconds ${seconds}`, done };
}
