import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const stuck: Scenario = {
  ...PLAIN_DEATH,
  id: 'stuck',
  question: 'Is the wait bounded?',
  needs: 'listener',
  stuck: true,
};
