import { formatDuration } from '../plan/durations.js';
import type { ProcessDescription } from '../recording/events.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { signalPath, type SignalPath } from './signal-path.js';
import { fail, inconclusive, inScenario, pass } from './verdict.js';
import { wrapperOf } from './wrappers.js';

const expected = 'the process that owns the listening socket gets the signal';
const expectedOfWorker = 'the process that takes the jobs gets the signal';

export const signalReachesServer = defineCheck({
  id: 'signal-reaches-server',
  item: 1,
  level: () => 'must',
  view: 'processes',
  topic: 'Way of the signal to the server',
  kept: 'The signal reached the process that listens',
  broken: 'The signal did not reach the process that listens',
  why: 'The signal goes to the process that was started. A wrapper such as npm or a shell may swallow it, or die of it and leave the server behind; in a container the server is then killed with its work.',
  sources: [
    { mark: 'F', text: 'npm start and sh -c keep the signal from the server' },
    { mark: 'K', text: 'Kubernetes documentation: the signal is sent to PID 1 of each container' },
  ],
  cure: 'start the server directly (node server.js instead of npm start), or let the wrapper `exec` it',
  forWorker: {
    topic: 'Way of the signal to the worker',
    kept: 'The signal reached the process that works',
    broken: 'The signal did not reach the process that works',
  },
  judge: (facts) => inScenario(facts, 'drain', judgeDrain),
});

function judgeDrain(life: LifeFacts): Verdict {
  const path = signalPath(life);
  const { root, owner } = path;
  if (root === null || owner === null)
    return inconclusive('which process does the work is not in the recording', 'drain');
  const seqs = [
    life.signal?.seq,
    life.exit?.seq,
    life.outlived?.seq,
    ...life.followed.map((event) => event.seq),
    life.killed?.seq,
  ].filter((seq) => seq !== undefined);
  if (path.direct)
    return pass('drain', `pid ${root.pid} ${life.isWorker ? 'works' : 'listens'} itself`, seqs.slice(0, 1));
  if (path.deaf)
    return inconclusive(
      'whether it reached the server cannot be told: nothing was seen of it when it was given the signal directly either',
      'drain',
      seqs,
    );
  const server = `pid ${owner.pid} (${owner.command})`;
  if (!path.orphaned && !path.swallowed)
    return pass('drain', `pid ${root.pid} (${root.command}) passed it on to ${server}`, seqs);
  const { eater, observed } = whatHappened(path, root, server, life);
  const cure = wrapperOf(eater.command, owner.command)?.cure ?? null;
  return fail('drain', {
    expected: life.isWorker ? expectedOfWorker : expected,
    observed: life.isWorker ? observed.replaceAll('the server', 'the worker') : observed,
    cure,
    evidence: seqs,
  });
}

/** Which process kept the signal from the server, as far as is known, and how. */
function whatHappened(
  { orphaned, eater, owner }: SignalPath,
  root: ProcessDescription,
  server: string,
  life: LifeFacts,
): { eater: ProcessDescription; observed: string } {
  const named = (process: ProcessDescription) => {
    const wrapper = wrapperOf(process.command, owner?.command);
    const { pid, command } = process;
    return wrapper === null ? `pid ${pid} (${command})` : `${wrapper.name} (pid ${pid}, ${command})`;
  };
  if (orphaned) {
    const after = life.exit === null ? '' : ` after ${formatDuration(afterSignal(life, life.exit.at))}`;
    return { eater: root, observed: `${named(root)} ended${after} and left the server, ${server}, running` };
  }
  if (eater === null)
    return { eater: root, observed: `${named(root)} got it; nothing shows that the server, ${server}, ever did` };
  const observed = `${named(eater)} kept it to itself; the server, ${server}, reacted only when the signal was given to it directly, after the grace period`;
  return { eater, observed };
}
