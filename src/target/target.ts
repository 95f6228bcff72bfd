import type { TargetPlan } from '../plan/types.js';
import type { LifeRecorder } from '../recording/recorder.js';
import type { ListenerDescription, ProcessDescription } from '../recording/events.js';
import type { InsideRun } from './inside.js';

/** How the process that was started ended. */
export interface ExitStatus {
  code: number | null;
  signal: string | null;
}

/** What is being stopped. One of these per run; `start` begins one life. */
export interface Target {
  readonly kind: TargetPlan['kind'];
  /** How to call it in a sentence. */
  readonly name: string;
  /** Whether it can be started afresh for each life. Known once it is prepared; what cannot has one life. */
  readonly restarts: boolean;
  /** What it wants to be signalled with, where it says so and nobody asked for another signal; else null. */
  readonly stopSignal: string | null;
  /**
   * What will be ended although drain-check did not start it, to complete "end … ?"; null when there is no such thing. Known once it is prepared.
   */
  readonly stranger: string | null;
  /**
   * Looks whether it can be tested at all, and changes nothing. Called once, before anything else.
   * @throws DrainCheckError when it is not there, or must not or cannot be ended
   */
  prepare: () => Promise<void>;
  /**
   * Begins a life, or takes hold of the one that is there.
   * @param options pidNamespace: as PID 1 of a namespace of its own, as in a container; env: variables of this life
   * @throws DrainCheckError when it cannot be started
   */
  start: (recorder: LifeRecorder, options: StartOptions) => Promise<RunningTarget>;
  /** Ends whatever of it is still alive and was started by us, in whatever state its lives are. */
  close: () => Promise<void>;
}

export interface StartOptions {
  pidNamespace: boolean;
  /** Variables for this life alone, which stand above all others. */
  env?: Readonly<Record<string, string>>;
  /** Called with everything that it prints, as it comes. */
  onOutput?: (stream: 'stdout' | 'stderr', text: string) => void;
}

/** How the end of a target is begun. */
export type Goodbye =
  /** A signal that we send ourselves to its `pid`. */
  | { by: 'signal' }
  /** A program that we run: `[file, ...args]`. */
  | { by: 'command'; command: readonly string[] }
  /** A person, at a time of their own. */
  | { by: 'hand' };

export interface FoundListeners {
  listeners: ListenerDescription[];
  /** Owners of the wanted port that are not the target's. */
  strangers: ProcessDescription[];
  /** Pids of the target that could not be looked into. */
  denied: number[];
}

/** A target that lives. */
export interface RunningTarget {
  /** The process that gets the signal; 0 when none can be seen. */
  readonly pid: number;
  /** The port it was told to use, or 0 when it was told none. */
  readonly port: number;
  /** The directory of /proc that shows its sockets: `/proc/net`, or that of its own network namespace. */
  readonly procNet: string;
  /** The address under which it is reached, where that is not its listener's own; null otherwise. */
  readonly address: string | null;
  /** How its end is begun with a signal, or with what stands for one. */
  goodbye: (signal: string) => Goodbye;
  /** Settles when the process that gets the signal is gone; never rejects. Both null: how it ended cannot be seen. */
  readonly exited: Promise<ExitStatus>;
  hasExited: () => boolean;
  /** The listening sockets of its processes. */
  listeners: () => Promise<FoundListeners>;
  /** Who listens on a Unix socket; null when nobody does. */
  unixListeners: (path: string) => Promise<Pick<FoundListeners, 'listeners' | 'strangers'> | null>;
  /** Every process of it that is alive: descendants, and those that carry its mark. */
  processes: (thorough: boolean) => Promise<ProcessDescription[]>;
  /** Who holds a listening socket on the port, whoever it is. Null when nobody does. */
  portHolders: (port: number) => Promise<ProcessDescription[] | null>;
  /** SIGKILL to every process of it, as at the end of the grace period; waits, bounded. Returns the pids that were killed. */
  kill: () => Promise<number[]>;
  /** Ends what we started of it, and waits until nothing of that is left; bounded. What we only took hold of is let go. */
  destroy: () => Promise<void>;
  /** Runs a command beside it, in its environment and namespaces; null where that cannot be done. */
  readonly inside: ((command: readonly string[]) => InsideRun) | null;
  /** The last lines it printed, for a person. */
  lastOutput: () => string;
}
