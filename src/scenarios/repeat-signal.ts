import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const repeatSignal: Scenario = {
  ...PLAIN_DEATH,
  id: 'repeat-signal',
  question: 'Does a second signal cut the drain?',
  held: 'one-each',
  repeatAfterMs: 100,
};
