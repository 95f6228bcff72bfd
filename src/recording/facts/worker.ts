import type { EventOf, ListenerDescription, ProcessDescription, RecordedEvent } from '../events.js';

/** One job of a queue worker in one life. Times are those of the recording. */
export interface WorkerJob {
  id: string;
  /** null: it was only seen done. */
  started: WorkerSeen | null;
  done: WorkerSeen | null;
  evidence: number;
}

/** Seen at `at`, and not yet at `since`: it happened between the two. */
export type WorkerSeen = Pick<EventOf<'worker-job'>, 'at' | 'since' | 'seq'>;

/** The jobs of one life, in the order in which they were begun. A job that is begun again after it was done is another. */
export function workerJobs(events: readonly RecordedEvent[]): WorkerJob[] {
  const jobs: WorkerJob[] = [];
  const last = new Map<string, WorkerJob>();
  for (const event of events) {
    if (event.type !== 'worker-job') continue;
    const { id, at, since, seq } = event;
    let job = last.get(id);
    if (job === undefined || (event.state === 'started' && job.done !== null)) {
      job = { id, started: null, done: null, evidence: seq };
      jobs.push(job);
      last.set(id, job);
    }
    job.evidence = seq;
    if (event.state === 'started') job.started ??= { at, since, seq };
    else job.done ??= { at, since, seq };
  }
  return jobs;
}

/** Programs that start another one and do no work of their own, by the first word of their command line. */
const STARTERS = /^(?:(?:ba|da|a|z|k)?sh|npm|npx|yarn|pnpm|tsx|nodemon|tini|dumb-init|su|setpriv|env|time|nice)$/;
/** Scripts of interpreters that are such programs as well. */
const STARTING_SCRIPT = /\/(?:npm|npx|yarn|pnpm|tsx|nodemon)(?:-cli)?(?:\.[cm]?js)?$/;

/**
 * The process that does the work of a queue worker, which no listener tells: the first below the one that was started that is
 * no shell and no package runner. One that starts several may divide its work among them: it counts itself.
 */
export function workingProcess(root: ProcessDescription, processes: readonly ProcessDescription[]): ProcessDescription {
  let current = root;
  for (let depth = 0; depth < processes.length && isStarter(current.command); depth++) {
    const children = processes.filter(({ ppid, pid }) => ppid === current.pid && pid !== current.pid);
    const [only] = children;
    if (only === undefined || children.length > 1) break;
    current = only;
  }
  return current;
}

/** The same as a listener, as which the signal is followed to it. */
export function asListener({ pid, command }: ProcessDescription): ListenerDescription {
  return { pid, command, address: '', port: 0, verified: true };
}

function isStarter(command: string): boolean {
  const [program = '', script = ''] = command.split(/\s+/);
  const name = program.split('/').at(-1) ?? '';
  return STARTERS.test(name) || (/^(?:node|nodejs)$/.test(name) && STARTING_SCRIPT.test(script));
}
