import { TOGETHER_OF, type Plan, type ScenarioId } from '../../plan/types.js';
import type { EventOf, ProbeRole, Recording } from '../events.js';
import { jobFacts, type JobFacts } from './jobs.js';
import { lifeFacts, type LifeFacts } from './life.js';

/** Everything checks may ask of a recording. */
export interface RunFacts {
  plan: Plan;
  lives: LifeFacts[];
  /** The life that answered each scenario's question, where it was played to its end. */
  played: Partial<Record<ScenarioId, LifeFacts>>;
  /** Every life of the scenario `startup` that was played to its end: one for each moment. */
  startups: LifeFacts[];
  /** Deaths played again with one kind of work alone. */
  isolated: LifeFacts[];
  skipped: Partial<Record<ScenarioId, string>>;
  /** Scenarios of the plan that were neither skipped nor played to their end. */
  unfinished: ScenarioId[];
  endpoints: Record<ProbeRole, EventOf<'endpoint-resolved'> | null>;
  /** How TLS was agreed on, where it was. */
  tls: EventOf<'tls-established'> | null;
  /** Streams and WebSockets that were given or found. */
  workEndpoints: EventOf<'work-endpoint'>[];
  plainPath: EventOf<'plain-path-chosen'> | null;
  upload: EventOf<'upload-calibrated'> | null;
  baselines: EventOf<'baseline-measured'>[];
  /** Every job that was submitted, and what became of it, in its own life and in the next. */
  jobs: JobFacts;
  /** False when the recording ends before the run did. */
  whole: boolean;
}

/** The scenarios whose question a life of this one answers. In a container the first process always is PID 1. */
function answeredBy(scenario: ScenarioId, { target: { kind }, scenarios }: Plan): readonly ScenarioId[] {
  const own = scenario === 'together' ? [scenario, ...TOGETHER_OF.filter((id) => scenarios.includes(id))] : [scenario];
  return kind === 'container' && own.includes('drain') ? [...own, 'pid-1'] : own;
}

/** The facts of a recording, to be judged under `plan`, which may differ from the one it was made with. */
export function runFacts(recording: Recording, plan: Plan): RunFacts {
  const { events } = recording;
  const ids = [...new Set(events.map((event) => event.life))].sort((a, b) => a - b);
  const { target } = recording.header.plan;
  const afterStop = target.kind === 'url' ? target.afterStop : null;
  const lives = ids.flatMap(
    (life) =>
      lifeFacts(
        events.filter((event) => event.life === life),
        afterStop,
      ) ?? [],
  );
  const played: RunFacts['played'] = {};
  for (const life of lives) {
    // A life is played to answer what a signal does, or what becomes of it without its database.
    if (life.purpose !== 'scenario' || (life.signal ?? life.cut) === null || !life.complete) continue;
    for (const id of answeredBy(life.scenario, recording.header.plan)) played[id] ??= life;
  }
  const skipped: RunFacts['skipped'] = {};
  for (const event of events) if (event.type === 'scenario-skipped') skipped[event.scenario] = event.reason;
  const endpoint = (role: ProbeRole) =>
    events.filter((event) => event.type === 'endpoint-resolved').find((event) => event.role === role) ?? null;
  return {
    plan,
    lives,
    played,
    skipped,
    startups: lives.filter((life) => life.scenario === 'startup' && life.signal !== null && life.complete),
    isolated: lives.filter((life) => life.purpose === 'isolation' && life.complete),
    unfinished: recording.header.plan.scenarios.filter((id) => played[id] === undefined && skipped[id] === undefined),
    endpoints: { readiness: endpoint('readiness'), liveness: endpoint('liveness') },
    tls: events.find((event) => event.type === 'tls-established') ?? null,
    workEndpoints: events.filter((event) => event.type === 'work-endpoint'),
    plainPath: events.find((event) => event.type === 'plain-path-chosen') ?? null,
    upload:
      events.filter((event) => event.type === 'upload-calibrated').findLast((event) => event.held) ??
      events.findLast((event) => event.type === 'upload-calibrated') ??
      null,
    baselines: events.filter((event) => event.type === 'baseline-measured'),
    jobs: jobFacts(events),
    whole: recording.whole,
  };
}
