import { formatDuration } from '../plan/durations.js';
import { afterSignal, type LifeFacts } from '../recording/facts/life.js';
import { defineCheck, type Verdict } from './check.js';
import { signalPath } from './signal-path.js';
import { fail, inconclusive, inScenario, pass } from './verdict.js';

const expected = 'the process that owns the listening socket gets the signal';

export const signalReachesServer = defineCheck({
  id: 'signal-reaches-server',
  item: 1,
  level: () => 'must',
  topic: 'Way of the signal to the server',
  kept: 'The signal reached the process that listens',
  broken: 'The signal did not reach the process that listens',
  why: 'The signal goes to the process that was started. A wrapper such as npm or a shell may swallow it, or die of it and leave the server behind; in a container the server is then killed with its work.',
  sources: [
    { mark: 'F', text: 'npm start and sh -c keep the signal from the server' },
    { mark: 'K', text: 'Kubernetes documentation: the signal is sent to PID 1 of each container' },
  ],
  cure: 'start the server directly (node server.js instead of npm start), or let the wrapper `exec` it',
  judge: (facts) => inScenario(facts, 'drain', judgeDrain),
});

function judgeDrain(life: LifeFacts): Verdict {
  const path = signalPath(life);
  const { root, owner } = path;
  if (root === null || owner === null)
    return inconclusive('the owner of the listening socket is not in the recording', 'drain');
  const seqs = [life.signal?.seq, life.exit?.seq, life.outlived?.seq, life.killed?.seq].filter(
    (seq) => seq !== undefined,
  );
  if (path.direct) return pass('drain', `pid ${root.pid} listens itself`, seqs.slice(0, 1));
  const server = `pid ${owner.pid} (${owner.command})`;
  const wrapper = `pid ${root.pid} (${root.command})`;
  if (path.orphaned) {
    const after = life.exit === null ? '' : ` after ${formatDuration(afterSignal(life, life.exit.at))}`;
    return fail('drain', {
      expected,
      observed: `${wrapper} ended${after} and left the server, ${server}, running`,
      evidence: seqs,
    });
  }
  if (path.swallowed)
    return fail('drain', {
      expected,
      observed: `${wrapper} got it; nothing shows that the server, ${server}, ever did`,
      evidence: seqs,
    });
  return pass('drain', `${wrapper} passed it on to ${server}`, seqs);
}
