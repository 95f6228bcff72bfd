import type { Ending, EventOf, RecordedEvent } from '../events.js';

/** One job from its submission on. Times are those of the recording. */
export interface Job {
  job: number;
  phase: EventOf<'job-submitted'>['phase'];
  submittedAt: number;
  answer: { ending: Ending; status: number | null; at: number } | null;
  /** The target took it: its answer was a 2xx. */
  accepted: boolean;
  /** When it first showed that it was done, in the life that it was submitted in. */
  doneAt: number | null;
  /** It showed in the next life that it was done. */
  doneLater: boolean;
  /** How often it was shown done, to whoever was told most often, the next life included; polling tells nothing of that. */
  times: number;
  /** What the next life said when it was asked for it. */
  lookedFor: { status: number | null } | null;
  evidence: number;
}

export interface JobFacts {
  jobs: Job[];
  /** The ends of those who watched on WebSockets in the life in which jobs were submitted. */
  watchEnds: EventOf<'job-watch-ended'>[];
}

/** The jobs of a run, in the order in which they were submitted. */
export function jobFacts(events: readonly RecordedEvent[]): JobFacts {
  const byNumber = new Map<number, Job>();
  const told = new Map<string, number>();
  const watchEnds: JobFacts['watchEnds'] = [];
  let life: number | null = null;
  for (const event of events) {
    if (event.type === 'job-watch-ended') {
      if (event.life === (life ?? event.life)) watchEnds.push(event);
      continue;
    }
    if (!('job' in event)) continue;
    if (event.type === 'job-submitted') {
      life ??= event.life;
      byNumber.set(event.job, submitted(event));
      continue;
    }
    const job = byNumber.get(event.job);
    if (job === undefined) continue;
    job.evidence = event.seq;
    if (event.type === 'job-answered') {
      const { ending, status, at } = event;
      job.answer = { ending, status, at };
      job.accepted = ending === 'answered' && status !== null && status >= 200 && status < 300;
    } else if (event.type === 'job-looked-for') job.lookedFor = { status: event.status };
    else {
      if (event.life === life) job.doneAt ??= event.at;
      else job.doneLater = true;
      if (event.by === 'poll') continue;
      // Watchers of the same kind in both lives are the same person.
      const key = `${event.job} ${event.by} ${event.watcher}`;
      told.set(key, (told.get(key) ?? 0) + 1);
      job.times = Math.max(job.times, told.get(key) ?? 0);
    }
  }
  return { jobs: [...byNumber.values()], watchEnds };
}

function submitted({ job, phase, at, seq }: EventOf<'job-submitted'>): Job {
  return {
    job,
    phase,
    submittedAt: at,
    answer: null,
    accepted: false,
    doneAt: null,
    doneLater: false,
    times: 0,
    lookedFor: null,
    evidence: seq,
  };
}

export function isDone({ doneAt, doneLater }: Job): boolean {
  return doneAt !== null || doneLater;
}
