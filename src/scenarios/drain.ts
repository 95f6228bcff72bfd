import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const drain: Scenario = {
  ...PLAIN_DEATH,
  id: 'drain',
  question: 'Does a busy service finish its work?',
  held: 'all',
  probes: true,
  newConnections: true,
  reusedConnection: true,
};
