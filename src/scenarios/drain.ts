import type { Scenario } from './scenario.js';

export const drain: Scenario = {
  id: 'drain',
  question: 'Does a busy service finish its work?',
  held: 'all',
  clients: 'close',
  probes: true,
  newConnections: true,
  reusedConnection: true,
  idle: null,
};
