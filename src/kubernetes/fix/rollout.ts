import type { ReadWorkload } from '../workloads.js';
import type { Editor } from './editor.js';
import type { Change } from './workload.js';

/** Lets a rollout replace pods one after another. */
export function fixRollout({ manifest, field }: ReadWorkload, editor: Editor): Change[] {
  const { rollout, replicas, name, kind } = manifest;
  if (kind !== 'Deployment' || !manifest.containers.some(({ servedBy }) => servedBy !== null)) return [];
  const strategy = field.get('spec', 'strategy');
  if (rollout.type.value === 'Recreate')
    return [
      {
        at: rollout.type.at,
        text: `${name}: strategy RollingUpdate`,
        done: editor.set(strategy.get('type'), 'RollingUpdate'),
      },
    ];
  const { maxUnavailable } = rollout;
  if (maxUnavailable === null || replicas.value === 0 || maxUnavailable.value < replicas.value) return [];
  const rolling = strategy.get('rollingUpdate');
  const [unavailable, surge] = [rolling.get('maxUnavailable'), rolling.get('maxSurge')];
  // One of the two has to be more than 0, or the rollout could not move.
  const needsSurge = /^0%?$/.test(surge.text ?? '');
  const settled = /^0%?$/.test(unavailable.text ?? '') || editor.set(unavailable, 0);
  const done = settled && (!needsSurge || editor.set(surge, 1));
  return [{ at: maxUnavailable.at, text: `${name}: maxUnavailable 0${needsSurge ? ', maxSurge 1' : ''}`, done }];
}
