import { constants } from 'node:os';
import type { ScenarioId } from '../plan/types.js';
import { endedByItself, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck } from './check.js';
import { describeExit } from './exit-words.js';
import { fail, inconclusive, onlyIfFinished, pass, playedIn, skip } from './verdict.js';

const NUMBERS: Partial<Record<string, number>> = constants.signals;

/** The deaths that are like those of every day. What is stuck or not ready yet may well end with an error. */
const JUDGED: readonly ScenarioId[] = ['drain', 'idle', 'streams', 'load'];

export const exitsCleanly = defineCheck({
  id: 'exits-cleanly',
  item: 1,
  level: () => 'should',
  view: 'processes',
  topic: 'Exit status',
  kept: 'The exit status was clean',
  broken: 'The exit status says that something went wrong',
  why: 'A non-zero status after a normal stop fills dashboards with failures that are none, and hides the ones that are.',
  sources: [
    { mark: 'L', text: 'graceful-shutdown checklist: exit cleanly' },
    { mark: 'F', text: 'puma and uvicorn raise the signal again after a clean drain, so 128 + n is accepted' },
  ],
  cure: 'exit with 0 when the drain is done, and look at what the target printed last',
  judge: (facts, plan) => {
    const lives = playedIn(facts, JUDGED);
    if (lives.length === 0) return inconclusive('no scenario was played to its end');
    if (lives.every((life) => life.statusUnknown))
      return skip('how a process ended is told to its parent alone; start it as a command to see its exit status');
    const judged = lives.filter(endedByItself);
    if (judged.length === 0) return skip('it was killed at the end of the grace period; see exits-in-time');
    const allowed = plan.expectExit.join(' or ');
    const expected = `exit code ${allowed}${plan.expectExitGiven ? '' : ', or the signal itself after a clean drain'}`;
    const wrong = judged.find((life) => !isClean(life, plan.expectExit, plan.expectExitGiven));
    if (wrong !== undefined) {
      return fail(wrong.scenario, {
        expected,
        observed: `${describeExit(wrong)} in ${wrong.scenario}`,
        evidence: [wrong.exit?.seq ?? 0],
      });
    }
    const bySignal = judged.find((life) => !plan.expectExit.includes(life.exit?.code ?? -1));
    const shown = bySignal ?? judged[0];
    const note =
      bySignal === undefined || plan.expectExitGiven
        ? null
        : 'ending by the signal is what many services do after a clean drain';
    const observed = shown === undefined ? '' : describeExit(shown);
    return onlyIfFinished(
      facts,
      pass(
        shown?.scenario ?? null,
        observed,
        judged.flatMap((life) => life.exit?.seq ?? []),
        note,
      ),
      JUDGED,
    );
  },
});

function isClean(life: LifeFacts, codes: readonly number[], only: boolean): boolean {
  const { exit, signal } = life;
  if (exit === null || signal === null) return true;
  // A container is stopped with SIGTERM, or the signal that its image names, which its engine has told.
  const name = signal.signal ?? passedOn(life) ?? 'SIGTERM';
  const bySignal = exit.signal === name || exit.code === 128 + (NUMBERS[name] ?? 0);
  return codes.includes(statusOf(life)) || (bySignal && !only);
}

/** The signal that a container engine gave its container. */
function passedOn({ events }: LifeFacts): string | null {
  const told = events.find((event) => event.type === 'container-event' && event.action === 'kill');
  return told?.type === 'container-event' ? told.signal : null;
}

/** What a shell would show as `$?`. */
function statusOf(life: LifeFacts): number {
  const { exit } = life;
  if (exit === null) return -1;
  if (exit.code !== null) return exit.code;
  return 128 + (NUMBERS[exit.signal ?? ''] ?? 0);
}
