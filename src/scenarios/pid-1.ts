import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const pid1: Scenario = {
  ...PLAIN_DEATH,
  id: 'pid-1',
  question: 'Does it hear the signal as PID 1 of a container?',
  held: 'one-each',
  pidNamespace: true,
};
