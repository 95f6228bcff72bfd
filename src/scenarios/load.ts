import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const load: Scenario = {
  ...PLAIN_DEATH,
  id: 'load',
  question: 'Does it keep its promises to thousands at once?',
  needs: 'load',
  probes: true,
  crowd: true,
};
