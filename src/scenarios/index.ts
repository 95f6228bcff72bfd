import { drain } from './drain.js';
import { idle } from './idle.js';
import type { Scenario } from './scenario.js';

/** Every scenario, in the order in which they are played. */
export const SCENARIOS: readonly Scenario[] = [drain, idle];
