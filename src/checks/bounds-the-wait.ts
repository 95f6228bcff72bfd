import { formatDuration } from '../plan/durations.js';
import type { Plan } from '../plan/types.js';
import { STUCK_KINDS, type Exchange } from '../recording/facts/exchange.js';
import { heldAlone } from '../recording/facts/isolation.js';
import { openToTheLast, timeToExit, type LifeFacts } from '../recording/facts/life.js';
import type { RunFacts } from '../recording/facts/run.js';
import { defineCheck, type Verdict } from './check.js';
import { heldBy, KIND_WORDS, list } from './kind-words.js';
import { evidenceOf, fail, inconclusive, inScenario, pass, skip } from './verdict.js';

export const boundsTheWait = defineCheck({
  id: 'bounds-the-wait',
  item: 3,
  level: () => 'must',
  view: 'processes',
  needs: 'listener',
  topic: 'Work that never ends',
  kept: 'Work that never ends did not hold the exit',
  broken: 'Work that never ends held the exit',
  why: 'Some client has always lost its network in the middle of a request, and nobody tells the server. A drain that waits for all of them waits until it is killed, and takes the healthy ones with it.',
  sources: [
    { mark: 'W', text: 'bound the wait: what is not done by then is given up' },
    { mark: 'K', text: 'Kubernetes documentation, Pod Lifecycle: SIGKILL follows when the grace period is over' },
  ],
  cure: 'give the drain a limit of its own below the grace period, and close what is left when it is over',
  judge: (facts, plan) => inScenario(facts, 'stuck', (life) => judgeStuck(life, facts, plan)),
});

function judgeStuck(life: LifeFacts, facts: RunFacts, { gracePeriodMs }: Plan): Verdict {
  const stuck = life.inFlight.filter((exchange) => STUCK_KINDS.includes(exchange.kind));
  if (stuck.length === 0) return nothingStuck(life);
  if (life.exit === null) return inconclusive('the recording ends before the target did', 'stuck');
  const ms = timeToExit(life);
  const evidence = [...evidenceOf(stuck), (life.killed ?? life.exit).seq];
  if (ms !== null && ms <= gracePeriodMs)
    return pass('stuck', `gone after ${formatDuration(ms)} with ${name(stuck)} open`, evidence);
  const { drain } = facts.played;
  if (drain !== undefined && drain.killed !== null)
    return skip('it does not exit without such work either; see exits-in-time', 'stuck');
  const expected = `it is gone within ${formatDuration(gracePeriodMs)} of the signal, whatever its clients leave undone`;
  if (ms !== null)
    return fail('stuck', { expected, observed: `gone after ${formatDuration(ms)} with ${name(stuck)} open`, evidence });
  const open = stuck.filter((exchange) => openToTheLast(exchange, life));
  if (open.length === 0)
    return inconclusive('it was killed, but none of the stuck work was open any more', 'stuck', evidence);
  const without = drain === undefined ? null : timeToExit(drain);
  const beside = without === null ? '' : `; without it is gone after ${formatDuration(without)}`;
  return fail('stuck', {
    expected,
    observed: `killed at the end of the grace period with ${name(open)} still open${beside}${heldBy(heldAlone(facts, 'stuck'))}`,
    evidence,
  });
}

function nothingStuck(life: LifeFacts): Verdict {
  const tried = life.exchanges.filter((exchange) => STUCK_KINDS.includes(exchange.kind));
  const [first] = tried;
  if (first === undefined)
    return skip(
      'nothing is known that a client can leave undone; name an upload (--slow), a stream (--stream) or a WebSocket (--websocket)',
      'stuck',
    );
  const reason = tried.find((exchange) => exchange.notArmedBecause !== null)?.notArmedBecause;
  return inconclusive(`${name(tried)} could not be left open: ${reason ?? 'it had ended before the signal'}`, 'stuck');
}

/** The kinds that some exchanges are of, in words. */
function name(exchanges: readonly Exchange[]): string {
  const kinds = STUCK_KINDS.filter((kind) => exchanges.some((exchange) => exchange.kind === kind));
  return list(kinds.map((kind) => KIND_WORDS[kind]));
}
