import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const interrupt: Scenario = {
  ...PLAIN_DEATH,
  id: 'interrupt',
  question: 'Is SIGINT as good as SIGTERM?',
  held: 'one-each',
  signal: 'SIGINT',
};
