import type { Plan, ScenarioId } from '../plan/types.js';
import type { Survey } from '../probes/discovery.js';
import type { Recorder } from '../recording/recorder.js';
import type { ExitWatcher } from '../target/exit-watcher.js';
import type { Target } from '../target/target.js';
import type { Watchdog } from '../target/watchdog.js';
import type { GrpcCaller } from '../traffic/grpc.js';
import type { Numbering } from '../traffic/numbering.js';
import type { UploadRequest } from '../traffic/upload.js';
import type { Origin, TlsOrigin } from '../plan/origin.js';
import type { Observer } from './observer.js';

/** What a person may be told while a run goes on. */
export interface Progress {
  scenario: string;
  phase:
    | 'starting'
    | 'waiting until ready'
    | 'looking around'
    | 'loading'
    | 'waiting for the target to be stopped'
    | 'draining'
    | 'without its database'
    | 'submitting jobs'
    | 'waiting for a job'
    | 'looking for jobs after a restart'
    | 'measuring a baseline';
  /** Held exchanges that are under way. */
  inFlight: number;
}

/** What was found out in the first life and holds for the others. */
export interface Known {
  origin: Origin | null;
  survey: Survey | null;
  /** What can be put in flight beside the slow endpoints; null: not looked for yet. */
  work: KnownWork | null;
  /** The shortest time in which the target became ready, from its start; null: not measured yet. Milliseconds. */
  readyAfterMs: number | null;
  /** It listens on the port it was given in PORT, so that several may live side by side. */
  takesPort: boolean;
  /** How long a queue worker's jobs take; null: not measured yet. Milliseconds. */
  jobMs: number | null;
  /** How long it took to end, by scenario; Infinity when it had to be killed. Milliseconds. */
  exits: Map<ScenarioId, number>;
}

export interface KnownWork {
  /** null: nothing holds. */
  upload: UploadRequest | null;
  /** Paths, in the order in which they were given or found. */
  streams: string[];
  websockets: string[];
  grpc: GrpcCaller | null;
}

/** One run: the conductor's own things, handed to everything below it. */
export interface RunContext {
  plan: Plan;
  target: Target;
  watchdog: Watchdog;
  /** How its TLS is checked; null: it speaks in plain text. */
  tls: TlsOrigin | null;
  recorder: Recorder;
  observer: Observer;
  exitWatcher: ExitWatcher | null;
  numbering: Numbering;
  /** Numbers the lives. */
  lives: Numbering;
  known: Known;
  /** Aborts the run; everything that waits listens to it. */
  abort: AbortSignal;
  onProgress: (progress: Progress) => void;
}
