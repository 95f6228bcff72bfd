import type { Plan } from '../plan/types.js';
import type { Survey } from '../probes/discovery.js';
import type { Recorder } from '../recording/recorder.js';
import type { ExitWatcher } from '../target/exit-watcher.js';
import type { Target } from '../target/target.js';
import type { Numbering } from '../traffic/numbering.js';
import type { UploadRequest } from '../traffic/upload.js';
import type { Origin } from '../plan/origin.js';
import type { Observer } from './observer.js';

/** What a person may be told while a run goes on. */
export interface Progress {
  scenario: string;
  phase: 'starting' | 'waiting until ready' | 'looking around' | 'loading' | 'draining' | 'measuring a baseline';
  /** Held exchanges that are under way. */
  inFlight: number;
}

/** What was found out in the first life and holds for the others. */
export interface Known {
  origin: Origin | null;
  survey: Survey | null;
  /** undefined: not looked for yet; null: nothing holds. */
  upload: { upload: UploadRequest } | null | undefined;
}

/** One run: the conductor's own things, handed to everything below it. */
export interface RunContext {
  plan: Plan;
  target: Target;
  recorder: Recorder;
  observer: Observer;
  exitWatcher: ExitWatcher | null;
  numbering: Numbering;
  known: Known;
  /** Aborts the run; everything that waits listens to it. */
  abort: AbortSignal;
  onProgress: (progress: Progress) => void;
}
