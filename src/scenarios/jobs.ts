import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const jobs: Scenario = {
  ...PLAIN_DEATH,
  id: 'jobs',
  question: 'Is every job that it accepted finished, and somebody told?',
  needs: 'jobs',
};
