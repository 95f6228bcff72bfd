import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const dependencyDown: Scenario = {
  ...PLAIN_DEATH,
  id: 'dependency-down',
  question: 'Does it live on when its database is gone?',
  needs: 'service-database',
  probes: true,
};
