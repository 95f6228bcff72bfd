import type { ScenarioId } from '../plan/types.js';
import { drain } from './drain.js';
import { idle } from './idle.js';
import { PLAIN_DEATH, type Scenario } from './scenario.js';
import { streams } from './streams.js';

/** The one death of a target that cannot be started again: what drain, idle and streams have in place, all at once. */
export const together: Scenario = {
  ...PLAIN_DEATH,
  ...drain,
  id: 'together',
  question: 'Does it end well with everything in place at once?',
  idle: idle.idle,
  streams: streams.streams,
};

/** The same with only those parts that were chosen; the work of the idle part stands for that of the drain. */
export function togetherOf(chosen: readonly ScenarioId[]): Scenario {
  const has = (id: ScenarioId) => chosen.includes(id);
  const base = has('drain') ? drain : { ...PLAIN_DEATH, held: has('idle') ? idle.held : PLAIN_DEATH.held };
  const { id, question } = together;
  return { ...base, id, question, idle: has('idle') ? idle.idle : null, streams: has('streams') };
}
