import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const startup: Scenario = {
  ...PLAIN_DEATH,
  id: 'startup',
  question: 'Can it be stopped before it is ready?',
  // Before the program has installed a handler, about when it does, and just before it is ready.
  duringStartup: [0.2, 0.6, 0.9],
};
