import { PLAIN_DEATH, type Scenario } from './scenario.js';

export const idle: Scenario = {
  ...PLAIN_DEATH,
  id: 'idle',
  question: 'Does an idle connection delay or break anything?',
  needs: 'listener',
  // The same work as in the drain, as far as its length goes: the difference of the two deaths is the delay.
  held: 'one-each',
  clients: 'keep',
  // Not at the signal itself: a request and a FIN that cross on the wire are nobody's fault and prove nothing.
  idle: { unused: 2, silent: 1, askAgainAtMs: [-10, 20, 150] },
};
