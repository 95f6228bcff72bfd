import { formatDuration } from '../plan/durations.js';
import type { ProcessDescription } from '../recording/events.js';
import { endedByItself, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck } from './check.js';
import { fail, inconclusive, noDeath, onlyIfFinished, pass, skip } from './verdict.js';

const expected = 'no process of the target is alive and its port is free after the exit';
const expectedOfWorker = 'no process of the target is alive after the exit';

export const leavesNothingBehind = defineCheck({
  id: 'leaves-nothing-behind',
  item: 1,
  level: () => 'must',
  view: 'processes',
  topic: 'Processes and ports left behind',
  kept: 'Nothing was left behind',
  broken: 'Something was left behind',
  why: 'A process that outlives the one that was stopped goes on holding ports, locks and connections; in a container it is killed without a word.',
  sources: [{ mark: 'F', text: 'children and daemons that outlive their parent' }],
  cure: 'end and await child processes before exiting; close every listener',
  judge: (facts, plan) => {
    const lives = [...new Set(Object.values(facts.played))].filter((life) => life.signal !== null);
    if (lives.length === 0) return noDeath(facts);
    const left = lives.find((life) => life.outlived !== null);
    if (left?.outlived) {
      return fail(left.scenario, {
        expected: plan.worker === undefined ? expected : expectedOfWorker,
        observed: `${name(left.outlived.processes)} lived on after the exit in ${left.scenario}`,
        evidence: [left.outlived.seq],
      });
    }
    const held = lives.find((life) => life.port?.held === true && !isSuccessor(life));
    if (held?.port) {
      const who =
        held.port.heldBy.length === 0 ? 'by a process that could not be seen' : `by ${name(held.port.heldBy)}`;
      return fail(held.scenario, {
        expected,
        observed: `port ${held.port.port} was still held ${who}`,
        evidence: [held.port.seq],
      });
    }
    // A queue worker has no port.
    const seen = lives.filter((life) => (life.port !== null || plan.worker !== undefined) && life.goneAt !== null);
    if (seen.length === 0) return inconclusive('the recording ends before the target did');
    if (lives.every((life) => !endedByItself(life)))
      return skip('it did not exit by itself, so nothing can be left behind; see exits-in-time');
    return onlyIfFinished(
      facts,
      pass(
        seen[0]?.scenario ?? null,
        longestTail(seen),
        seen.flatMap((life) => life.port?.seq ?? (plan.worker === undefined ? [] : (life.exit?.seq ?? []))),
      ),
    );
  },
});

/**
 * A process that runs already may have a supervisor, which starts another as soon as it is gone: a stranger that holds the
 * port then was not left behind.
 */
function isSuccessor({ found, port, processes }: LifeFacts): boolean {
  if (found?.kind !== 'process' || port === null || port.heldBy.length === 0) return false;
  return port.heldBy.every(({ pid }) => !processes.some((process) => process.pid === pid));
}

function name(processes: readonly ProcessDescription[]): string {
  const shown = processes
    .slice(0, 3)
    .map((process) => `pid ${process.pid} (${process.command})`)
    .join(', ');
  return processes.length > 3 ? `${shown} and ${processes.length - 3} more` : shown;
}

function longestTail(lives: readonly LifeFacts[]): string {
  const tail = Math.max(...lives.map((life) => (life.goneAt ?? 0) - (life.exit?.at ?? 0)));
  const port = lives.every((life) => life.port === null)
    ? ''
    : lives.some((life) => life.port?.held === true)
      ? ', port taken by a successor'
      : ', port free';
  return tail < 1 ? `no process${port}` : `the last process was gone ${formatDuration(tail)} after the first${port}`;
}
