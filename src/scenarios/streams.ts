import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const streams: Scenario = {
  ...PLAIN_DEATH,
  id: 'streams',
  question: 'Do streams and WebSockets end properly?',
  needs: 'listener',
  streams: true,
};
