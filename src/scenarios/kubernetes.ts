import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const kubernetes: Scenario = {
  ...PLAIN_DEATH,
  id: 'kubernetes',
  question: 'Would a rollout lose anything?',
  needs: 'manifest',
  newConnections: true,
  reusedConnection: true,
};
